package admitone.checkout;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.runtime.SigningKey;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * What an order says, in the description that the provider keeps with each of its payments: readable by people, and signed. When a
 * restore has lost the order, a person decides about its payment from this copy. Nothing else ever comes back from a description.
 */
@Component
public class OrderCopy {
    private static final String PURPOSE = "order copy";
    /** So that what else is written behind the copy fits too. */
    private static final int LONGEST_TITLE = 22;

    private static final int IDS = 32;
    private static final int MAC = 16;
    private static final Pattern FORM = Pattern.compile(
            ".* for (?:([1-9]\\d{0,3}) days|life) at (\\d{1,7}\\.\\d\\d) usd, user (\\d{1,16}) \\[ao1 ([A-Za-z0-9_-]{64}) f(\\d{1,2}(?:\\.\\d{1,2})?) t(\\d{1,11})\\+(\\d{1,7})]");

    private final Catalog catalog;
    private final SigningKey key;

    OrderCopy(Catalog catalog, SigningKey key) {
        this.catalog = catalog;
        this.key = key;
    }

    /** At most 182 characters. */
    public String of(Order order) {
        String title = catalog.channel(order.seller(), order.channelId())
                .map(Channel::title)
                .orElse("a channel")
                .replaceAll("\\p{Cntrl}", " ");
        byte[] signed =
                ByteBuffer.allocate(IDS + MAC).put(ids(order)).put(mac(order)).array();
        return "Access to "
                + title.substring(
                        0,
                        title.offsetByCodePoints(0, Math.min(title.codePointCount(0, title.length()), LONGEST_TITLE)))
                + " for " + (order.days() == null ? "life" : order.days() + " days")
                + " at " + order.price().text()
                + " usd, user " + order.telegramUserId()
                + " [ao1 " + Base64.getUrlEncoder().withoutPadding().encodeToString(signed)
                + " f" + fee(order)
                + " t" + order.createdAt().getEpochSecond()
                + "+" + (order.expiresAt().getEpochSecond() - order.createdAt().getEpochSecond()) + "]";
    }

    /** The order as it was, without who brought the buyer and what was taken off its price; empty where the text is not its copy, or what it is about is not there. */
    public Optional<Order> read(String orderId, String description) {
        return signed(orderId, description)
                .filter(it -> catalog.channel(it.seller(), it.channelId()).isPresent());
    }

    /** The same, for a person to read, also where seller and channel are lost too. */
    public Optional<Order> signed(String orderId, String description) {
        Matcher match = FORM.matcher(description);
        Optional<SellerId> seller = Handle.sellerOfOrder(orderId);
        if (seller.isEmpty() || !match.matches()) {
            return Optional.empty();
        }
        ByteBuffer signed = ByteBuffer.wrap(Base64.getUrlDecoder().decode(match.group(4)));
        UUID channel = new UUID(signed.getLong(), signed.getLong());
        UUID plan = new UUID(signed.getLong(), signed.getLong());
        byte[] mac = new byte[MAC];
        signed.get(mac);
        Instant created = Instant.ofEpochSecond(Long.parseLong(match.group(6)));
        Order order = new Order(
                seller.get(),
                orderId,
                channel,
                plan,
                Long.parseLong(match.group(3)),
                Money.parse(match.group(2), Asset.USD),
                match.group(1) == null ? null : Integer.valueOf(match.group(1)),
                new BigDecimal(match.group(5)),
                created,
                created.plusSeconds(Long.parseLong(match.group(7))),
                null);
        return Optional.of(order).filter(it -> MessageDigest.isEqual(mac, mac(it)));
    }

    private static byte[] ids(Order order) {
        return ByteBuffer.allocate(IDS)
                .putLong(order.channelId().getMostSignificantBits())
                .putLong(order.channelId().getLeastSignificantBits())
                .putLong(order.planId().getMostSignificantBits())
                .putLong(order.planId().getLeastSignificantBits())
                .array();
    }

    private byte[] mac(Order order) {
        String text = String.join(
                "\n",
                order.id(),
                order.channelId().toString(),
                order.planId().toString(),
                Long.toString(order.telegramUserId()),
                order.price().toString(),
                String.valueOf(order.days()),
                fee(order),
                Long.toString(order.createdAt().getEpochSecond()),
                Long.toString(order.expiresAt().getEpochSecond()));
        return Arrays.copyOf(key.mac(PURPOSE, text.getBytes(StandardCharsets.UTF_8)), MAC);
    }

    private static String fee(Order order) {
        BigDecimal fee = order.feePercent();
        return fee.signum() == 0 ? "0" : fee.stripTrailingZeros().toPlainString();
    }
}
