package admitone.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Notifications as NOWPayments writes and signs them: keys sorted, amounts as numbers, HMAC-SHA512 over the body as sent. */
final class Ipn {
    private static final String ALGORITHM = "HmacSHA512";

    private final SecretKeySpec key;
    private final int port;

    Ipn(String secret, int port) {
        this.key = new SecretKeySpec(secret.getBytes(UTF_8), ALGORITHM);
        this.port = port;
    }

    /** The whole request that tells that a purchase is paid. */
    byte[] finished(Purchase purchase, long updatedAtMs) {
        byte[] body = body(purchase, updatedAtMs).getBytes(UTF_8);
        byte[] head = ("POST /ipn HTTP/1.1\r\nHost: 127.0.0.1:" + port
                        + "\r\nContent-Type: application/json\r\nx-nowpayments-sig: " + signature(body)
                        + "\r\nContent-Length: " + body.length + "\r\n\r\n")
                .getBytes(UTF_8);
        byte[] request = new byte[head.length + body.length];
        System.arraycopy(head, 0, request, 0, head.length);
        System.arraycopy(body, 0, request, head.length, body.length);
        return request;
    }

    static String body(Purchase purchase, long updatedAtMs) {
        return "{\"actually_paid\":" + Purchase.PAY_AMOUNT
                + ",\"actually_paid_at_fiat\":0,\"fee\":{\"currency\":\"" + purchase.outcomeCoin()
                + "\",\"depositFee\":0,\"serviceFee\":0,\"withdrawalFee\":0},\"invoice_id\":null,"
                + "\"order_description\":\"Access to " + Shops.TITLE + "\",\"order_id\":\"" + purchase.orderId()
                + "\",\"outcome_amount\":" + purchase.outcomeAmount() + ",\"outcome_currency\":\""
                + purchase.outcomeCoin() + "\",\"parent_payment_id\":null,\"pay_address\":\"" + Purchase.PAY_ADDRESS
                + "\",\"pay_amount\":" + Purchase.PAY_AMOUNT + ",\"pay_currency\":\"" + Purchase.PAY_COIN
                + "\",\"payin_extra_id\":null,\"payment_extra_ids\":null,\"payment_id\":" + purchase.paymentId()
                + ",\"payment_status\":\"finished\",\"price_amount\":" + Shops.PRICE
                + ",\"price_currency\":\"usd\",\"purchase_id\":\"5172103429\",\"updated_at\":" + updatedAtMs + "}";
    }

    String signature(byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }
}
