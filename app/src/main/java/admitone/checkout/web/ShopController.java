package admitone.checkout.web;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ChannelOffers;
import admitone.catalog.ChannelTexts;
import admitone.catalog.Plan;
import admitone.catalog.Seller;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.checkout.LeastPrice;
import admitone.database.Lane;
import admitone.messaging.BotName;
import admitone.messaging.Form;
import admitone.messaging.Lasting;
import admitone.money.Money;
import jakarta.servlet.http.HttpServletRequest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/** What a channel costs. */
@Controller
class ShopController {
    private static final int LONGEST_SHOWN = 40;
    private static final Pattern ADDRESS = Pattern.compile("https?://\\S+");
    private static final Pattern SLUG = Pattern.compile("[\\p{L}\\p{N}_.-]{1,64}");

    private final Catalog catalog;
    private final ChannelTexts texts;
    private final ChannelOffers channelOffers;
    private final Coupons coupons;
    private final LeastPrice leastPrice;
    private final BotName bot;
    private final TelegramLinks telegram;

    ShopController(
            Catalog catalog,
            ChannelTexts texts,
            ChannelOffers channelOffers,
            Coupons coupons,
            LeastPrice leastPrice,
            BotName bot,
            TelegramLinks telegram) {
        this.catalog = catalog;
        this.texts = texts;
        this.channelOffers = channelOffers;
        this.coupons = coupons;
        this.leastPrice = leastPrice;
        this.bot = bot;
        this.telegram = telegram;
    }

    /**
     * @param before the price without the coupon; null: the coupon changes nothing
     * @param description what one gets, in the seller's own words; null: they say nothing
     * @param link opens the bot with this plan in hand; null while the bot's name is not known
     * @param isTooCheap whether no coin can be paid in so little, so that the bot would not offer it
     */
    record Offer(
            String name,
            String price,
            @Nullable String before,
            String span,
            @Nullable String description,
            @Nullable String link,
            boolean isTooCheap) {
        Offer withoutLink() {
            return new Offer(name, price, before, span, description, null, isTooCheap);
        }

        boolean isBotAway() {
            return link == null && !isTooCheap;
        }
    }

    /** @param link opens the bot, which begins the trial; null as above */
    record Trial(String span, @Nullable String link) {}

    /**
     * What a seller says in a line.
     *
     * @param url where it is an address to open; null: text
     */
    record Said(String text, @Nullable String url) {
        static @Nullable Said of(@Nullable String text) {
            return text == null ? null : new Said(text, ADDRESS.matcher(text).matches() ? text : null);
        }
    }

    /** Whom one buys of, and on which terms. */
    record SoldBy(
            String name, @Nullable Said terms, @Nullable Said support) {
        static SoldBy of(Seller seller) {
            return new SoldBy(
                    seller.name(),
                    Said.of(seller.notice().terms()),
                    Said.of(seller.notice().support()));
        }
    }

    /**
     * @param description what one gets, in the seller's own words; empty: they say nothing
     * @param isOnce whether buyers come in by one-time links
     * @param coupon as somebody wrote it; null: none
     * @param hasCoupons whether there is any that may be written
     * @param isClosed whether nothing is sold, since nobody could be let in
     */
    private record Shop(
            String title,
            Optional<String> description,
            boolean isOnce,
            boolean isClosed,
            List<Offer> offers,
            @Nullable String coupon,
            boolean hasCoupons,
            Optional<Trial> trial,
            Optional<SoldBy> seller) {
        ModelAndView view() {
            boolean isUsed = offers.stream().anyMatch(offer -> offer.before() != null);
            Map<String, Object> model = new HashMap<>(
                    Map.of("title", title, "offers", offers, "coupon", coupon == null ? "" : coupon, "isUsed", isUsed));
            description.ifPresent(one -> model.put("description", one));
            model.put("isOnce", isOnce);
            model.put("isClosed", isClosed);
            model.put("isBotAway", !isClosed && offers.stream().anyMatch(Offer::isBotAway));
            model.put("asksForCoupon", !isClosed && !offers.isEmpty() && (hasCoupons || coupon != null));
            trial.filter(_ -> !isClosed).ifPresent(one -> model.put("trial", one));
            seller.ifPresent(one -> model.put("seller", one));
            return new ModelAndView("checkout/shop", model);
        }
    }

    @GetMapping("/c/{slug}")
    ModelAndView plans(
            @PathVariable String slug,
            @RequestParam(required = false) @Nullable String coupon,
            HttpServletRequest request) {
        String written = coupon == null || coupon.isBlank() ? null : shortened(coupon.strip());
        Form form = Form.in(Pages.language(request));
        return Lane.READS
                .run(() -> SLUG.matcher(slug).matches()
                        ? catalog.channelBySlug(slug).map(channel -> shop(channel, written, form))
                        : Optional.<Shop>empty())
                .map(Shop::view)
                .orElseGet(() -> Pages.notFound("channel"));
    }

    private static String shortened(String coupon) {
        return coupon.length() > LONGEST_SHOWN ? coupon.substring(0, LONGEST_SHOWN) : coupon;
    }

    private Shop shop(Channel channel, @Nullable String written, Form form) {
        Optional<Coupon> coupon = Optional.ofNullable(written)
                .flatMap(Coupon::code)
                .flatMap(code -> coupons.find(channel.seller(), channel.id(), code))
                .filter(known -> !coupons.isUsedUp(known));
        boolean isClosed = catalog.isClosed(channel.seller(), channel.id());
        return new Shop(
                channel.title(),
                texts.newest(channel, ChannelTexts.Kind.DESCRIPTION),
                channel.isByOneTimeLink(),
                isClosed,
                catalog.plans(channel.seller(), channel.id()).stream()
                        .map(plan -> coupon.flatMap(known -> reduced(plan, known, form))
                                .orElseGet(() -> offer(plan, form)))
                        .map(offer -> isClosed || offer.isTooCheap() ? offer.withoutLink() : offer)
                        .toList(),
                written,
                coupons.hasOpen(channel.seller(), channel.id()),
                trial(channel, form),
                catalog.seller(channel.seller()).map(SoldBy::of));
    }

    private Optional<Trial> trial(Channel channel, Form form) {
        return Optional.ofNullable(
                        channelOffers.of(channel.seller(), channel.id()).trialDays())
                .map(days -> new Trial(form.lasting(new Lasting.Days(days)), startLink(channel.trialHandle())));
    }

    private Offer offer(Plan plan, Form form) {
        return new Offer(
                plan.name(),
                form.money(plan.price()),
                null,
                form.lasting(new Lasting.Days(plan.days())),
                plan.description(),
                startLink(plan.handle()),
                isTooCheap(plan.price()));
    }

    private Optional<Offer> reduced(Plan plan, Coupon coupon, Form form) {
        return coupons.quote(coupon, plan)
                .map(quote -> new Offer(
                        plan.name(),
                        form.money(quote.price()),
                        form.money(plan.price()),
                        form.lasting(new Lasting.Days(plan.days())),
                        plan.description(),
                        startLink(coupon.startToken(plan)),
                        isTooCheap(quote.price())));
    }

    private boolean isTooCheap(Money price) {
        return leastPrice.above(price).isPresent();
    }

    private @Nullable String startLink(String token) {
        return bot.startLink(token).map(telegram::shown).orElse(null);
    }
}
