package admitone.checkout.web;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.database.Lane;
import admitone.messaging.BotName;
import admitone.messaging.Form;
import admitone.messaging.Lasting;
import jakarta.servlet.http.HttpServletRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.servlet.ModelAndView;

/** What a channel costs. */
@Controller
class ShopController {
    private static final Pattern SLUG = Pattern.compile("[\\p{L}\\p{N}_.-]{1,64}");

    private final Catalog catalog;
    private final BotName bot;

    ShopController(Catalog catalog, BotName bot) {
        this.catalog = catalog;
        this.bot = bot;
    }

    /** @param link opens the bot with this plan in hand; null while the bot's name is not known */
    record Offer(
            String name,
            String price,
            String span,
            @Nullable String link) {}

    private record Shop(String title, List<Offer> offers) {}

    @GetMapping("/c/{slug}")
    ModelAndView plans(@PathVariable String slug, HttpServletRequest request) {
        Form form = Form.in(Pages.language(request));
        return Lane.READS
                .run(() -> SLUG.matcher(slug).matches()
                        ? catalog.channelBySlug(slug).map(channel -> shop(channel, form))
                        : Optional.<Shop>empty())
                .map(shop -> new ModelAndView("checkout/shop", Map.of("title", shop.title(), "offers", shop.offers())))
                .orElseGet(() -> Pages.notFound("channel"));
    }

    private Shop shop(Channel channel, Form form) {
        return new Shop(
                channel.title(),
                catalog.plans(channel.seller(), channel.id()).stream()
                        .map(plan -> offer(plan, form))
                        .toList());
    }

    private Offer offer(Plan plan, Form form) {
        return new Offer(
                plan.name(),
                form.money(plan.price()),
                form.lasting(new Lasting.Days(plan.days())),
                bot.startLink(plan.handle()).orElse(null));
    }
}
