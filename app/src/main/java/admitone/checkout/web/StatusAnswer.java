package admitone.checkout.web;

import admitone.checkout.BuyerStatus;
import admitone.checkout.Order;
import admitone.checkout.StatusWords.Asker;
import admitone.checkout.web.BuyerReads.Found;
import admitone.money.Asset;
import admitone.money.Money;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the status API says. {@code orderId} is the text that was asked for, never another id. */
record StatusAnswer(
        String orderId,
        String status,
        boolean inviteSent,
        String access,
        String message,
        @Nullable String priceUsd,
        @Nullable String payCurrency,
        @Nullable String payAmount,
        @Nullable String received,
        @Nullable String shortBy,
        @Nullable Instant endsAt,
        @JsonProperty("final") boolean isFinal) {

    static StatusAnswer of(String asked, Found found) {
        BuyerStatus status = found.status();
        Order order = found.purchase().order();
        boolean priced = found.asker() == Asker.HOLDER && order.price().asset().equals(Asset.USD);
        return new StatusAnswer(
                asked,
                status.status().word(),
                status.inviteSent(),
                status.access().word(),
                status.message(),
                priced ? order.price().text() : null,
                status.asked() == null ? null : status.asked().asset().code(),
                text(status.asked()),
                text(status.received()),
                text(status.shortBy()),
                status.endsAt(),
                status.isFinal());
    }

    private static @Nullable String text(@Nullable Money money) {
        return money == null ? null : money.text();
    }
}
