package admitone.checkout.web;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Where a page's links to Telegram lead: there or, in a demo, to the simulator that stands in for it. */
@Component
class TelegramLinks {
    private static final String TELEGRAM = "https://t.me/";

    private final String base;

    TelegramLinks(@Value("${admitone.telegram.links:" + TELEGRAM + "}") String base) {
        this.base = base;
    }

    String shown(String link) {
        return link.startsWith(TELEGRAM) ? base + link.substring(TELEGRAM.length()) : link;
    }
}
