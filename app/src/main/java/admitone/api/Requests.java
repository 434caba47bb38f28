package admitone.api;

import admitone.access.Gifts;
import admitone.access.Giving;
import admitone.access.Membership;
import admitone.access.Origin;
import admitone.access.Terms;
import admitone.announcements.Announcements;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ChannelOffers;
import admitone.catalog.Plan;
import admitone.catalog.Seller.PaymentPage;
import admitone.catalog.Seller.PayoutMode;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.runtime.Settings.Approval;
import com.fasterxml.jackson.annotation.JsonIgnore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What callers ask for. Each says how it is read; the records' names and types are what the OpenAPI document shows. */
final class Requests {
    private static final int MOST_PLANS = 50;

    private Requests() {}

    record NewSeller(
            String name,
            @Schema(type = "integer", format = "int64") long telegramUserId,

            @Schema(type = "string", example = "2.5") BigDecimal feePercent,

            NewPayout payout,

            @Schema(description = "how buyers reach the seller: what the bot answers to /support") @Nullable
            String support,

            @Schema(description = "a text or a URL: what the bot answers to /terms") @Nullable
            String terms,

            @Schema(description = "where buyers pay: own, our page; hosted, a page of the provider's")
            PaymentPage paymentPage) {
        static NewSeller read(Fields fields) {
            return new NewSeller(
                    fields.text("name", 100),
                    fields.telegramUser("telegram_user_id"),
                    fields.percent("fee_percent", BigDecimal.ZERO),
                    NewPayout.read(fields.part("payout")),
                    SellerNotice.support(fields),
                    SellerNotice.terms(fields),
                    fields.word("payment_page", PaymentPage.class, PaymentPage.OWN));
        }
    }

    record NewContact(
            @Schema(type = "integer", format = "int64") long telegramUserId) {
        static NewContact read(Fields fields) {
            return new NewContact(fields.telegramUser("telegram_user_id"));
        }
    }

    record NewTerms(
            PayoutMode mode,

            @Schema(type = "string", example = "50.00", description = "required by the mode threshold, and of no other")
            @Nullable
            Money thresholdUsd,

            @Schema(
                    type = "string",
                    example = "2.5",
                    description = "of orders that are made from now on; left out: as before")
            @Nullable
            BigDecimal feePercent) {
        static NewTerms read(Fields fields) {
            NewTerms terms = new NewTerms(
                    fields.word("mode", PayoutMode.class, null),
                    fields.optionalUsd("threshold_usd").orElse(null),
                    fields.has("fee_percent") ? fields.percent("fee_percent", BigDecimal.ZERO) : null);
            if ((terms.mode == PayoutMode.THRESHOLD) != (terms.thresholdUsd != null)) {
                fields.fault("threshold_usd", "belongs to the mode threshold: say there from which amount to pay out");
            }
            return terms;
        }
    }

    record SellerPage(
            @Schema(description = "where buyers pay: own, our page; hosted, a page of the provider's")
            PaymentPage paymentPage) {
        static SellerPage read(Fields fields) {
            return new SellerPage(fields.word("payment_page", PaymentPage.class, null));
        }
    }

    record SellerNotice(
            @Schema(description = "how buyers reach the seller; null: not said") @Nullable
            String support,

            @Schema(description = "a text or a URL; null: not said") @Nullable
            String terms) {
        static SellerNotice read(Fields fields) {
            return new SellerNotice(support(fields), terms(fields));
        }

        private static @Nullable String support(Fields fields) {
            return fields.optionalText("support", 200).orElse(null);
        }

        private static @Nullable String terms(Fields fields) {
            return fields.optionalText("terms", 500).orElse(null);
        }
    }

    record NewPayout(
            PayoutMode mode,

            @Schema(type = "string", example = "50.00") @Nullable
            Money thresholdUsd,

            @Schema(type = "string", example = "usdttrc20") @Nullable
            Asset currency,

            @Nullable String address,

            @Schema(description = "the memo or tag that a wallet is found by, where the coin has one") @Nullable
            String extraId) {
        static NewPayout read(Fields fields) {
            NewPayout payout = new NewPayout(
                    fields.word("mode", PayoutMode.class, PayoutMode.DIRECT),
                    fields.optionalUsd("threshold_usd").orElse(null),
                    fields.optionalCoin("currency").orElse(null),
                    fields.optionalText("address", 200).orElse(null),
                    fields.optionalText("extra_id", 100).orElse(null));
            if (payout.mode == PayoutMode.THRESHOLD && payout.thresholdUsd == null) {
                fields.fault("threshold_usd", "is missing: with the mode threshold, say from which amount to pay out");
            }
            if ((payout.currency == null) != (payout.address == null)) {
                fields.fault(
                        payout.currency == null ? "currency" : "address",
                        "is missing: currency and address go together");
            }
            return payout;
        }

        Optional<Place> place() {
            return Optional.ofNullable(address)
                    .flatMap(known -> Optional.ofNullable(currency).map(coin -> new Place(coin, known, extraId)));
        }
    }

    record NewDestination(
            @Schema(type = "string", example = "usdttrc20") Asset currency,

            String address,

            @Schema(description = "the memo or tag that a wallet is found by, where the coin has one") @Nullable
            String extraId) {
        static NewDestination read(Fields fields) {
            return new NewDestination(
                    fields.coin("currency"),
                    fields.text("address", 200),
                    fields.optionalText("extra_id", 100).orElse(null));
        }

        Place place() {
            return new Place(currency, address, extraId);
        }
    }

    record NewRefund(
            @Schema(type = "string", example = "usdttrc20", description = "the coin that the payment brought")
            Asset currency,

            @Schema(description = "the buyer's") String address,

            @Schema(description = "the memo or tag that a wallet is found by, where the coin has one") @Nullable
            String extraId,

            @Schema(
                    type = "string",
                    description = "of the coin; left out: what the payment brought, less the provider's fee")
            @Nullable
            Money amount,

            @Schema(description = "Kept with it; up to 200 characters")
            String reason) {
        static NewRefund read(Fields fields) {
            Asset coin = fields.coin("currency");
            return new NewRefund(
                    coin,
                    fields.text("address", 200),
                    fields.optionalText("extra_id", 100).orElse(null),
                    fields.optionalCoins("amount", coin).orElse(null),
                    fields.text("reason", 200));
        }

        Place place() {
            return new Place(currency, address, extraId);
        }
    }

    record NewChannel(
            SellerId sellerId,
            @Schema(type = "integer", format = "int64") long chatId,

            @Schema(type = "integer", format = "int64") @Nullable
            Long openChatId,

            String title,
            Channel.Admission admission,

            @Schema(description = "More than was asked: hold, a person decides; extend, it adds days")
            Channel.Overpayment overpayment,

            List<NewPlan> plans) {
        static NewChannel read(Fields fields) {
            NewChannel channel = new NewChannel(
                    fields.seller("seller_id"),
                    fields.chat("chat_id"),
                    fields.optionalChat("open_chat_id").orElse(null),
                    fields.text("title", 128),
                    fields.word("admission", Channel.Admission.class, Channel.Admission.JOIN_REQUEST),
                    fields.word("overpayment", Channel.Overpayment.class, Channel.Overpayment.HOLD),
                    fields.list("plans", MOST_PLANS).stream().map(NewPlan::read).toList());
            if (channel.openChatId != null && channel.openChatId == channel.chatId) {
                fields.fault("open_chat_id", "must be another chat than chat_id: the one that everybody may read");
            }
            return channel;
        }
    }

    record NewGifts(
            @Schema(type = "string", example = "pl_…", description = "whose time a gift gives; or say days") @Nullable
            Handle planId,

            @Nullable Integer days,

            int count) {
        static NewGifts read(Fields fields) {
            NewGifts draft = new NewGifts(
                    fields.optionalHandle("plan_id", Handle.PLAN).orElse(null),
                    fields.optionalDays("days").orElse(null),
                    fields.number("count", 1, Gifts.MOST_AT_ONCE, 1));
            if ((draft.planId == null) == (draft.days == null)) {
                fields.fault("days", "must be given, or plan_id, and not both: what time does a gift give?");
            }
            return draft;
        }
    }

    record PostSwitch(boolean on) {
        static PostSwitch read(Fields fields) {
            return new PostSwitch(fields.yesOrNo("on"));
        }
    }

    record OwnTexts(
            @Schema(description = "said to a buyer with the way in, as plain text; null: nothing") @Nullable
            String welcome,

            @Schema(description = "said to a buyer when access ends, as plain text; null: nothing") @Nullable
            String expiry,

            @Schema(description = "said of the channel on its page, as plain text; null: nothing; left out: as before")
            @Nullable
            String description,

            @Schema(hidden = true) @JsonIgnore boolean describes) {
        private static final int LONGEST = 1000;

        OwnTexts(@Nullable String welcome, @Nullable String expiry, @Nullable String description) {
            this(welcome, expiry, description, true);
        }

        /** Whoever knew the other two only says nothing of the page. */
        static OwnTexts read(Fields fields) {
            return new OwnTexts(
                    fields.optionalLines("welcome", LONGEST).orElse(null),
                    fields.optionalLines("expiry", LONGEST).orElse(null),
                    fields.optionalLines("description", LONGEST).orElse(null),
                    fields.has("description"));
        }
    }

    record NewPlan(
            String name,

            @Schema(type = "string", example = "9.99") Money priceUsd,

            @Schema(description = "null: for life") @Nullable
            Integer days,

            @Schema(description = "what one gets; null: nothing is said", maxLength = 200) @Nullable
            String description) {
        static NewPlan read(Fields fields) {
            return new NewPlan(
                    fields.text("name", 100),
                    fields.usd("price_usd"),
                    fields.optionalDays("days").orElse(null),
                    fields.optionalText("description", Plan.MOST_CHARACTERS).orElse(null));
        }

        Catalog.NewPlan plan() {
            return new Catalog.NewPlan(name, priceUsd, days, description);
        }
    }

    record PlanChange(
            String name,

            @Schema(type = "string", example = "9.99") Money priceUsd,

            @Schema(description = "what one gets; null: nothing is said; left out: as before", maxLength = 200)
            @Nullable
            String description,

            @Schema(hidden = true) boolean describes) {
        static PlanChange read(Fields fields) {
            return new PlanChange(
                    fields.text("name", 100),
                    fields.usd("price_usd"),
                    fields.optionalText("description", Plan.MOST_CHARACTERS).orElse(null),
                    fields.has("description"));
        }
    }

    record NewOrder(
            @Schema(type = "string", example = "ch_…") Handle channelId,

            @Schema(type = "string", example = "pl_…") Handle planId,

            @Schema(type = "integer", format = "int64") long telegramUserId,

            @Schema(
                    description = "a coupon's code; an order that it is not good for is not made",
                    example = "SPRING-20")
            @Nullable
            String coupon) {
        static NewOrder read(Fields fields) {
            return new NewOrder(
                    fields.handle("channel_id", Handle.CHANNEL),
                    fields.handle("plan_id", Handle.PLAN),
                    fields.telegramUser("telegram_user_id"),
                    fields.optionalCouponCode("coupon").orElse(null));
        }
    }

    record NewCoupon(
            @Schema(description = "3 to 32 of A-Z, 0-9 and -", example = "SPRING-20")
            String code,

            @Schema(type = "string", description = "this, or amount_usd", example = "20") @Nullable
            BigDecimal percent,

            @Schema(type = "string", example = "5.00") @Nullable
            Money amountUsd,

            @Schema(description = "by all buyers together, 1 to 100000; null: any number") @Nullable
            Integer mostUses,

            @Nullable Instant from,
            @Nullable Instant until,

            @Schema(type = "string", description = "null: any plan of the channel", example = "pl_…") @Nullable
            Handle planId) {
        static NewCoupon read(Fields fields) {
            NewCoupon coupon = new NewCoupon(
                    fields.couponCode("code"),
                    fields.optionalPercent("percent").orElse(null),
                    fields.optionalUsd("amount_usd").orElse(null),
                    fields.optionalNumber("most_uses", 1, 100_000).orElse(null),
                    fields.optionalInstant("from").orElse(null),
                    fields.optionalInstant("until").orElse(null),
                    fields.optionalHandle("plan_id", Handle.PLAN).orElse(null));
            if ((coupon.percent == null) == (coupon.amountUsd == null)) {
                fields.fault("percent", "or amount_usd: give one of the two");
            }
            if (coupon.from != null && coupon.until != null && !coupon.from.isBefore(coupon.until)) {
                fields.fault("until", "must be later than from");
            }
            return coupon;
        }

        Coupons.Draft draft() {
            Coupon.Off off = percent != null
                    ? new Coupon.Off.Percent(percent)
                    : new Coupon.Off.Amount(Objects.requireNonNull(amountUsd));
            return new Coupons.Draft(code, off, planId == null ? null : planId.id(), mostUses, from, until);
        }
    }

    record NewGrant(
            @Schema(type = "string", example = "ch_…") Handle channelId,

            @Schema(type = "integer", format = "int64") long telegramUserId,

            @Schema(description = "null: for life") @Nullable
            Integer days,

            @Schema(description = "manual, or external: sold or given by another system")
            GivenBy origin,

            @Schema(description = "What it is for, as the other system's id: the same again is the same grant")
            @Nullable
            String reference,

            String reason) {
        /** What a caller may say that a grant came of. */
        enum GivenBy {
            MANUAL,
            EXTERNAL
        }

        static NewGrant read(Fields fields) {
            NewGrant draft = new NewGrant(
                    fields.handle("channel_id", Handle.CHANNEL),
                    fields.telegramUser("telegram_user_id"),
                    fields.optionalDays("days").orElse(null),
                    fields.word("origin", GivenBy.class, GivenBy.MANUAL),
                    fields.optionalText("reference", Origin.Given.LONGEST_REFERENCE)
                            .orElse(null),
                    fields.text("reason", 1000));
            if (draft.origin == GivenBy.EXTERNAL && draft.reference == null) {
                fields.fault("reference", "is missing: say by which id the other system knows what was sold or given");
            }
            return draft;
        }
    }

    record MoreDays(@Schema(description = "1 to 3650") int days, String reason) {
        static MoreDays read(Fields fields) {
            return new MoreDays(fields.neededNumber("days", 1, Giving.MOST_DAYS), fields.text("reason", 1000));
        }
    }

    record Revocation(String reason) {
        static Revocation read(Fields fields) {
            return new Revocation(fields.text("reason", 1000));
        }
    }

    record NewPayment(
            @Schema(type = "string", example = "eth") Asset payCurrency) {
        static NewPayment read(Fields fields) {
            return new NewPayment(fields.coin("pay_currency"));
        }
    }

    record CaseDecision(
            @Schema(description = "One of the decisions that the case names", example = "dismiss")
            String decision,

            String reason,

            @Schema(description = "With grant: the unpaid order that the payment is for, where it is not its own")
            @Nullable
            String orderId) {
        static CaseDecision read(Fields fields) {
            return new CaseDecision(
                    fields.text("decision", 40).toLowerCase(Locale.ROOT),
                    fields.text("reason", 1000),
                    fields.optionalText("order_id", 100).orElse(null));
        }
    }

    /** How a channel treats those whose time ends. */
    record ChannelTime(
            @Schema(
                    description = "Hours before the end, 1 to 336; at most 5; empty: no reminders",
                    example = "[72, 24]")
            List<Integer> remindersHours,

            @Schema(description = "Hours after the notice of the end, 1 to 720")
            int graceHours,

            @Schema(description = "Days for those whom the bot cannot tell, 1 to 90")
            int unreachableDays,

            @Schema(description = "More removals within an hour wait for a decision; 1 to 10000")
            int mostRemovals,

            @Schema(description = "The same, as a percentage of the members; 1 to 100")
            int mostRemovalsPercent) {
        static ChannelTime read(Fields fields) {
            Terms usual = Terms.DEFAULT;
            return new ChannelTime(
                    fields.numbers(
                            "reminders_hours",
                            Terms.MOST_REMINDERS,
                            Math.toIntExact(Terms.LONGEST_REMINDER.toHours()),
                            hours(usual)),
                    fields.number(
                            "grace_hours", 1, 720, Math.toIntExact(usual.grace().toHours())),
                    fields.number(
                            "unreachable_days",
                            1,
                            90,
                            Math.toIntExact(usual.unreachable().toDays())),
                    fields.number("most_removals", 1, 10_000, usual.mostRemovals()),
                    fields.number("most_removals_percent", 1, 100, usual.mostPercent()));
        }

        static ChannelTime of(Terms terms) {
            return new ChannelTime(
                    hours(terms),
                    Math.toIntExact(terms.grace().toHours()),
                    Math.toIntExact(terms.unreachable().toDays()),
                    terms.mostRemovals(),
                    terms.mostPercent());
        }

        Terms terms() {
            return new Terms(
                    remindersHours.stream().map(Duration::ofHours).toList(),
                    Duration.ofHours(graceHours),
                    Duration.ofDays(unreachableDays),
                    mostRemovals,
                    mostRemovalsPercent);
        }

        private static List<Integer> hours(Terms terms) {
            return terms.reminders().stream()
                    .map(before -> Math.toIntExact(before.toHours()))
                    .toList();
        }
    }

    /** What a channel offers beside its plans. */
    record ChannelOffer(
            @Schema(
                    description =
                            "So many days may somebody be inside for nothing who never had access, once, 1 to 30; null: not offered")
            @Nullable
            Integer trialDays,

            @Schema(
                    description = "Of your part of each payment, to whoever brought the buyer; null: nothing",
                    example = "10")
            @Nullable
            String referralPercent) {
        static ChannelOffer read(Fields fields) {
            return of(new ChannelOffers.Offers(
                    fields.optionalNumber("trial_days", 1, ChannelOffers.LONGEST_TRIAL)
                            .orElse(null),
                    fields.optionalPercent("referral_percent").orElse(null)));
        }

        static ChannelOffer of(ChannelOffers.Offers offers) {
            BigDecimal percent = offers.referralPercent();
            return new ChannelOffer(
                    offers.trialDays(),
                    percent == null ? null : percent.stripTrailingZeros().toPlainString());
        }

        ChannelOffers.Offers offers() {
            return new ChannelOffers.Offers(
                    trialDays, referralPercent == null ? null : new BigDecimal(referralPercent));
        }
    }

    record NewAnnouncement(
            @Schema(description = "said as plain text, at most 1000 characters")
            String text,

            Audience audience) {
        enum Audience {
            EXPIRED
        }

        static NewAnnouncement read(Fields fields) {
            String text = fields.optionalLines("text", Announcements.LONGEST).orElse("");
            if (text.isEmpty()) {
                fields.fault("text", "is missing: a text of 1 to " + Announcements.LONGEST + " characters");
            }
            return new NewAnnouncement(text, fields.word("audience", Audience.class, null));
        }
    }

    /** Who works a channel, and what becomes of members who have no right to be inside. */
    record ChannelMembers(
            @Schema(
                    description = "true: another bot works the channel; nobody is let in, declined or removed by us. "
                            + "false ends observing; required, so that it never ends unsaid")
            boolean observe,

            @Schema(
                    description =
                            "Who is inside without a right: report, you decide each case; remove, removed without asking")
            Membership.UnknownMembers unknownMembers) {
        static ChannelMembers read(Fields fields) {
            return new ChannelMembers(
                    fields.yesOrNo("observe"),
                    fields.word(
                            "unknown_members", Membership.UnknownMembers.class, Membership.DEFAULT.unknownMembers()));
        }

        Membership membership() {
            return new Membership(observe, unknownMembers);
        }
    }

    record NewConversion(
            @Schema(type = "string") SellerId sellerId,

            @Schema(description = "of your own, once for each seller: said again, it changes nothing")
            String reference,

            @Schema(type = "string", example = "0.5") Money fromAmount,
            @Schema(type = "string", example = "eth") Asset fromCurrency,

            @Schema(type = "string", example = "1950", description = "what the provider has of it since then")
            Money toAmount,

            @Schema(type = "string", example = "usdttrc20") Asset toCurrency) {
        static NewConversion read(Fields fields) {
            Asset from = fields.coin("from_currency");
            Asset to = fields.coin("to_currency");
            if (from.equals(to) || from.equals(Asset.USD) || to.equals(Asset.USD)) {
                fields.fault("to_currency", "must be another coin than from_currency, and neither is usd");
            }
            return new NewConversion(
                    fields.seller("seller_id"),
                    fields.text("reference", 60),
                    fields.coins("from_amount", from),
                    from,
                    fields.coins("to_amount", to),
                    to);
        }
    }

    record ReferrerPaid(
            Money amountUsd,

            @Schema(description = "of your own, once for each referrer: said again, it changes nothing")
            String reference) {
        static ReferrerPaid read(Fields fields) {
            return new ReferrerPaid(fields.usd("amount_usd"), fields.text("reference", 60));
        }
    }

    record PayoutSwitch(
            @Schema(description = "false: nothing goes out") boolean on,

            @Schema(
                    description =
                            "with on: also what the service stopped by itself goes on; without it, only a person's hold ends")
            @Nullable
            Boolean endsStop,

            String reason) {
        static PayoutSwitch read(Fields fields) {
            boolean on = fields.yesOrNo("on");
            return new PayoutSwitch(on, on && fields.yes("ends_stop"), fields.text("reason", 200));
        }
    }

    record PayoutLimits(
            Approval approval,
            @Schema(type = "string", example = "1000.00") Money eachUsd,
            @Schema(type = "string", example = "2000.00") Money dayUsd,

            @Schema(type = "string", example = "10000.00") Money destinationUsd) {
        static PayoutLimits read(Fields fields) {
            return new PayoutLimits(
                    fields.word("approval", Approval.class, null),
                    fields.usd("each_usd"),
                    fields.usd("day_usd"),
                    fields.usd("destination_usd"));
        }
    }

    record Reason(
            @Schema(description = "Kept with what is said; up to 200 characters")
            String reason) {
        static Reason read(Fields fields) {
            return new Reason(fields.text("reason", 200));
        }
    }

    record Resumed(
            @Schema(type = "string", example = "ho_…") Handle holdId) {
        static Resumed read(Fields fields) {
            return new Resumed(fields.handle("hold_id", Handle.HOLD));
        }
    }
}
