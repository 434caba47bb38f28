package admitone.api;

import admitone.access.Grant;
import admitone.access.Listed;
import admitone.access.Membership;
import admitone.access.Observing;
import admitone.access.Origin.Given;
import admitone.cases.Case;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.catalog.Seller;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.checkout.LeastPrice;
import admitone.checkout.Order;
import admitone.checkout.Reduction;
import admitone.fulfillment.CaseDecisions;
import admitone.ledger.Ledger;
import admitone.money.Money;
import admitone.payments.Invoice;
import admitone.payments.Payment;
import admitone.payouts.Destination;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import io.swagger.v3.oas.annotations.media.Schema;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What callers are shown. Ids and money are strings. */
final class Views {
    private Views() {}

    static @Nullable String text(@Nullable Money money) {
        return money == null ? null : money.text();
    }

    private static @Nullable String code(@Nullable Money money) {
        return money == null ? null : money.asset().code();
    }

    record SellerView(
            String sellerId,
            String name,
            String telegramUserId,
            String feePercent,
            PayoutView payout,
            @Nullable String support,
            @Nullable String terms,
            String paymentPage) {
        static SellerView of(Seller seller, Optional<Destination> destination) {
            return new SellerView(
                    seller.id().value(),
                    seller.name(),
                    Long.toString(seller.telegramUserId()),
                    seller.feePercent().stripTrailingZeros().toPlainString(),
                    new PayoutView(
                            seller.payout().mode().name().toLowerCase(Locale.ROOT),
                            text(seller.payout().threshold()),
                            destination.map(row -> row.currency().code()).orElse(null),
                            destination.map(Destination::address).orElse(null),
                            destination.map(Destination::extraId).orElse(null)),
                    seller.notice().support(),
                    seller.notice().terms(),
                    seller.paymentPage().word());
        }
    }

    record PayoutView(
            String mode,
            @Nullable String thresholdUsd,
            @Nullable String currency,
            @Nullable String address,
            @Nullable String extraId) {}

    record DestinationView(
            String destinationId,
            int version,
            String currency,
            @Nullable String network,
            String address,
            @Nullable String extraId,

            @Schema(
                    description =
                            "waiting_confirmation, lapsed (not confirmed within three days), cooling_off, usable, replaced,"
                                    + " withdrawn, or altered: changed by hand in the database, and not paid to")
            String state,

            Instant requestedAt,

            @Schema(description = "null: the seller has not confirmed it") @Nullable
            Instant usableFrom,

            @Schema(description = "why the provider does not send there yet; null: it does, or was not asked") @Nullable
            String notWhitelistedThere) {
        static DestinationView of(Destination row, Destination.State state) {
            var refused = row.notWhitelisted();
            return new DestinationView(
                    row.handle(),
                    row.version(),
                    row.currency().code(),
                    row.network(),
                    row.address(),
                    row.extraId(),
                    state.name().toLowerCase(Locale.ROOT),
                    row.requestedAt(),
                    row.usableFrom(),
                    refused == null ? null : refused.reason());
        }
    }

    record ChannelView(
            String channelId,
            String sellerId,
            String slug,
            String pageUrl,
            String chatId,
            @Nullable String openChatId,
            String title,
            String admission,
            String overpayment,
            boolean linkReady,

            @Schema(description = "of the plans in the open chat: off, waiting, posted or refused")
            String post,

            List<PlanView> plans) {
        static ChannelView of(Channel channel, boolean linkReady, String post, List<PlanView> plans, String publicUrl) {
            return new ChannelView(
                    channel.handle(),
                    channel.seller().value(),
                    channel.slug(),
                    publicUrl + "/c/" + channel.slug(),
                    Long.toString(channel.closedChat().value()),
                    channel.openChat() == null
                            ? null
                            : Long.toString(channel.openChat().value()),
                    channel.title(),
                    channel.admission().word(),
                    channel.overpayment().word(),
                    linkReady,
                    post,
                    plans);
        }
    }

    record PlanView(
            String planId,
            String name,
            String priceUsd,
            @Nullable Integer days,

            @Schema(description = "what one gets; null: nothing is said") @Nullable
            String description,

            @Schema(
                    description =
                            "null: it can be bought, as far as is known; else no coin can be paid in less than this at the moment, so the plan is not offered")
            @Nullable
            String leastPriceUsd,

            @Schema(description = "what is wrong with its price, in words; null: nothing") @Nullable
            String warning) {
        static PlanView of(Plan plan, LeastPrice leastPrice) {
            @Nullable
            String least = leastPrice.above(plan.price()).map(Money::text).orElse(null);
            return new PlanView(
                    plan.handle(),
                    plan.name(),
                    plan.price().text(),
                    plan.days(),
                    plan.description(),
                    least,
                    least == null
                            ? null
                            : "Nobody can buy this plan at the moment: no coin can be paid in less than " + least
                                    + " USD. Give it a price above that.");
        }
    }

    record OrderView(
            String orderId,
            String status,
            String priceUsd,

            @Schema(description = "what the plan cost; price_usd is what is asked, after the reductions")
            String listPriceUsd,

            List<ReductionView> reductions,
            String payUrl,
            Instant expiresAt,
            String sellerId,
            String channelId,
            String planId,
            String telegramUserId,

            @Schema(
                    description =
                            "whether the bot can write to the buyer, as last heard; false until they start it (again); null: nothing is known of them")
            @Nullable
            Boolean buyerReachable,

            @Nullable Integer days,
            Instant createdAt,
            @Nullable String paidBy,
            List<PaymentSummary> payments,
            @Nullable GrantView grant) {
        static OrderView of(
                Order order,
                String status,
                List<Payment> payments,
                List<Reduction> reductions,
                @Nullable GrantView grant,
                @Nullable Boolean buyerReachable,
                String publicUrl) {
            return new OrderView(
                    order.id(),
                    status,
                    order.price().text(),
                    order.listPrice().text(),
                    reductions.stream().map(ReductionView::of).toList(),
                    publicUrl + "/pay/" + order.id(),
                    order.expiresAt(),
                    order.seller().value(),
                    new Handle(Handle.CHANNEL, order.seller(), order.channelId()).toString(),
                    new Handle(Handle.PLAN, order.seller(), order.planId()).toString(),
                    Long.toString(order.telegramUserId()),
                    buyerReachable,
                    order.days(),
                    order.createdAt(),
                    order.paidBy(),
                    payments.stream().map(PaymentSummary::of).toList(),
                    grant);
        }
    }

    /** What was taken off a price. */
    record ReductionView(
            @Schema(description = "coupon or upgrade") String kind,

            @Schema(description = "the coupon's code, or the order whose unused time is credited")
            String reference,

            String amountUsd) {
        static ReductionView of(Reduction one) {
            return new ReductionView(
                    one.kind().word(), one.reference(), one.amount().text());
        }
    }

    record CouponView(
            String code,
            @Nullable String percent,
            @Nullable String amountUsd,
            @Nullable String planId,
            @Nullable Integer mostUses,

            @Schema(description = "orders with it that can still be paid in time")
            int reserved,

            @Schema(description = "orders with it that are paid")
            int used,

            @Nullable Instant from,
            @Nullable Instant until,

            @Schema(description = "when it was closed; null: it is open") @Nullable
            Instant closedAt,

            String link) {
        static CouponView of(Coupon coupon, Coupons.Uses uses, String shop) {
            return new CouponView(
                    coupon.code(),
                    coupon.off() instanceof Coupon.Off.Percent(BigDecimal percent)
                            ? percent.stripTrailingZeros().toPlainString()
                            : null,
                    coupon.off() instanceof Coupon.Off.Amount(Money amount) ? amount.text() : null,
                    coupon.planId() == null
                            ? null
                            : new Handle(Handle.PLAN, coupon.seller(), coupon.planId()).toString(),
                    coupon.mostUses(),
                    uses.reserved(),
                    uses.used(),
                    coupon.from(),
                    coupon.until(),
                    coupon.closedAt(),
                    shop + "?coupon=" + coupon.code());
        }
    }

    /** A page of the provider's where a buyer pays. */
    record InvoiceView(String invoiceId, String orderId, String invoiceUrl, String priceUsd) {
        static InvoiceView of(Invoice invoice, Order order) {
            Money rest = invoice.rest();
            return new InvoiceView(
                    invoice.id(), order.id(), invoice.page().toString(), (rest == null ? order.price() : rest).text());
        }
    }

    /** How a buyer pays. */
    record PayView(
            String paymentId,
            String orderId,
            @Nullable String payAddress,
            @Nullable String payAmount,
            @Nullable String payCurrency,
            @Nullable String payinExtraId,
            @Nullable Instant expiresAt) {
        static PayView of(Payment payment, String orderId) {
            return new PayView(
                    payment.id(),
                    orderId,
                    payment.payAddress(),
                    text(payment.payAmount()),
                    payment.payCurrency() == null ? null : payment.payCurrency().code(),
                    payment.payinExtraId(),
                    payment.expiresAt());
        }
    }

    /** A payment in a list. */
    record PaymentSummary(
            String paymentId,
            String status,
            String state,
            String providerStatus,
            @Nullable String orderId,
            String sellerId,
            @Nullable String payAmount,
            @Nullable String payCurrency,
            @Nullable String actuallyPaid,
            @Nullable String outcomeAmount,
            @Nullable String outcomeCurrency,
            @Nullable String hold,
            Instant createdAt,
            @Nullable Instant paidAt) {
        static PaymentSummary of(Payment payment) {
            return new PaymentSummary(
                    payment.id(),
                    payment.state().shown().word(),
                    payment.state().word(),
                    payment.providerStatus(),
                    payment.orderId(),
                    payment.seller().value(),
                    text(payment.payAmount()),
                    payment.payCurrency() == null ? null : payment.payCurrency().code(),
                    text(payment.received()),
                    text(payment.outcome()),
                    code(payment.outcome()),
                    holdOf(payment),
                    payment.createdAt(),
                    payment.paidAt());
        }
    }

    /** Why it may not grant by itself: said of the payment from the start, or found when it was settled. */
    private static @Nullable String holdOf(Payment payment) {
        return payment.state() instanceof admitone.payments.PaymentState.Held(String why) ? why : payment.hold();
    }

    record PaymentView(
            String paymentId,
            String status,
            String state,
            String providerStatus,
            @Nullable String priceUsd,
            @Nullable String payAmount,
            @Nullable String payCurrency,
            @Nullable String payAddress,
            @Nullable String payinExtraId,
            @Nullable String actuallyPaid,
            @Nullable String outcomeAmount,
            @Nullable String outcomeCurrency,

            @Schema(
                    description =
                            "coin and address of the seller's own wallet that the provider was told to settle it to")
            @Nullable
            String settledTo,

            @Nullable String orderId,
            String sellerId,
            @Nullable String parentPaymentId,
            @Nullable String hold,
            Instant createdAt,
            @Nullable Instant paidAt,
            @Nullable Instant expiresAt,
            @Nullable GrantView grant,
            List<JournalLine> journal,
            List<CaseView> cases) {
        static PaymentView of(
                Payment payment,
                @Nullable Money price,
                @Nullable GrantView grant,
                List<JournalLine> journal,
                List<CaseView> cases) {
            return new PaymentView(
                    payment.id(),
                    payment.state().shown().word(),
                    payment.state().word(),
                    payment.providerStatus(),
                    text(price),
                    text(payment.payAmount()),
                    payment.payCurrency() == null ? null : payment.payCurrency().code(),
                    payment.payAddress(),
                    payment.payinExtraId(),
                    text(payment.received()),
                    text(payment.outcome()),
                    code(payment.outcome()),
                    payment.wallet() == null
                            ? null
                            : payment.wallet().coin() + " " + payment.wallet().address(),
                    payment.orderId(),
                    payment.seller().value(),
                    payment.parentPaymentId(),
                    holdOf(payment),
                    payment.createdAt(),
                    payment.paidAt(),
                    payment.expiresAt(),
                    grant,
                    journal,
                    cases);
        }
    }

    record GrantView(
            String grantId,

            @Schema(description = "purchase, manual, import, gift, trial or external")
            String origin,

            @Nullable String orderId,
            @Nullable String paymentId,

            @Schema(description = "what it was given for; null: it was bought") @Nullable
            String reference,

            String sellerId,
            String channelId,
            String telegramUserId,
            String state,
            Instant startsAt,
            @Nullable Instant endsAt,
            String access,

            @Schema(description = "false: the bot cannot write to them until they start it; null: not told here")
            @Nullable
            Boolean reachable) {
        static GrantView of(Grant grant, Instant now) {
            return of(grant, now, null);
        }

        static GrantView of(Grant grant, Instant now, @Nullable Boolean reachable) {
            return new GrantView(
                    grant.handle(),
                    grant.origin() instanceof Given given ? given.kind().word() : "purchase",
                    grant.orderId().orElse(null),
                    grant.paymentId().orElse(null),
                    grant.origin() instanceof Given given ? given.reference() : null,
                    grant.seller().value(),
                    new Handle(Handle.CHANNEL, grant.seller(), grant.channelId()).toString(),
                    Long.toString(grant.telegramUserId()),
                    !grant.isActiveAt(now) ? "ended" : grant.startsAt().isAfter(now) ? "scheduled" : "active",
                    grant.startsAt(),
                    grant.endsAt(),
                    grant.shownAt(now).word(),
                    reachable);
        }
    }

    record JournalLine(
            String entryId, String kind, String debit, String credit, String amount, String asset, Instant at) {
        static JournalLine of(SellerId seller, Ledger.Posted line) {
            return new JournalLine(
                    entry(seller, line.entryId()),
                    line.kind(),
                    line.debit().word(),
                    line.credit().word(),
                    line.amount().text(),
                    line.amount().asset().code(),
                    line.at());
        }
    }

    static String entry(SellerId seller, UUID entryId) {
        return new Handle(Handle.ENTRY, seller, entryId).toString();
    }

    record CaseView(
            String caseId,
            String kind,
            String subject,
            @Nullable String paymentId,
            @Nullable String orderId,
            @Nullable String sellerId,
            Instant openedAt,
            String state,
            Map<String, String> detail,

            @Schema(description = "What can be decided; none where it is for good")
            List<CaseDecisions.Possible> decisions,

            @Nullable DecisionView decided,

            @Schema(description = "When the seller was told of it in the chat, if it is about a buyer's money")
            @Nullable
            Instant sellerToldAt,

            @Schema(
                    description =
                            "Why the seller could not be told in the chat, as blocked_by_user; they are when they start the bot")
            @Nullable
            String sellerNotTold) {
        static CaseView of(SellerId seller, Case one, List<CaseDecisions.Possible> decisions) {
            Case.Decided decided = one.decided();
            return new CaseView(
                    new Handle(Handle.CASE, seller, one.id()).toString(),
                    one.kind(),
                    one.subject(),
                    one.paymentId(),
                    one.orderId(),
                    seller.equals(SellerId.PLATFORM) ? null : seller.value(),
                    one.openedAt(),
                    decided == null ? "open" : "decided",
                    one.detail(),
                    decisions,
                    decided == null
                            ? null
                            : new DecisionView(decided.decision(), decided.reason(), decided.by(), decided.at()),
                    one.toldAt(),
                    one.untoldWhy());
        }
    }

    record DecisionView(String decision, String reason, String by, Instant at) {}

    record MembersView(boolean observe, String unknownMembers) {
        static MembersView of(Membership membership) {
            return new MembersView(
                    membership.observing(), membership.unknownMembers().word());
        }
    }

    /** Somebody on a channel's whitelist, or banned from it. */
    record ListedView(String telegramUserId, String reason, String by, Instant since) {
        static ListedView of(Listed listed) {
            return new ListedView(
                    Long.toString(listed.seat().telegramUserId()), listed.reason(), listed.by(), listed.at());
        }
    }

    /** What would have been done in a channel that is only observed. */
    record ObservedView(
            @Schema(description = "approve, decline, remove, ban, lift_ban, revoke_link or report")
            String would,

            String telegramUserId,
            String occasion,
            Instant at) {
        static ObservedView of(Observing.Observed observed) {
            return new ObservedView(
                    observed.deed(), Long.toString(observed.telegramUserId()), observed.occasion(), observed.at());
        }
    }

    record TaskRef(String taskId) {}
}
