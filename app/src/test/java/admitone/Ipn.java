package admitone;

import java.math.BigDecimal;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The body of a notification: the incident's payment unless told otherwise. */
public final class Ipn {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final ObjectNode body;

    private Ipn(ObjectNode body) {
        this.body = body;
    }

    public static Ipn of(String paymentId, String orderId, String status) {
        ObjectNode body = JSON.createObjectNode();
        body.put("actually_paid", new BigDecimal("0.0003"));
        body.put("order_id", orderId);
        body.put("outcome_amount", new BigDecimal("0.0002736"));
        body.put("outcome_currency", "eth");
        body.put("pay_amount", new BigDecimal("0.0003"));
        body.put("pay_currency", "eth");
        body.put("payment_id", Long.parseLong(paymentId));
        body.put("payment_status", status);
        body.put("price_amount", new BigDecimal("1.35"));
        body.put("price_currency", "usd");
        return new Ipn(body);
    }

    public static Ipn finished(String paymentId, String orderId) {
        return of(paymentId, orderId, "finished");
    }

    public Ipn with(String name, String value) {
        ObjectNode copy = body.deepCopy();
        copy.put(name, value);
        return new Ipn(copy);
    }

    public Ipn with(String name, BigDecimal value) {
        ObjectNode copy = body.deepCopy();
        copy.put(name, value);
        return new Ipn(copy);
    }

    /** What arrived, of the 0.0003 asked for. */
    public Ipn paid(String amount) {
        return with("actually_paid", new BigDecimal(amount));
    }

    public Ipn without(String name) {
        ObjectNode copy = body.deepCopy();
        copy.remove(name);
        return new Ipn(copy);
    }

    public byte[] bytes() {
        return JSON.writeValueAsBytes(body);
    }
}
