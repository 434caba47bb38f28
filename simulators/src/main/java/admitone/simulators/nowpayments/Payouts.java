package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import java.util.List;
import java.util.Map;

/** Withdrawals from the account: made in batches, confirmed with a one-time code, paid one by one. */
final class Payouts {
    Answer answer(Operation operation, List<String> path, Map<String, String> query, Exchange exchange, Settings now) {
        if (operation == Operation.BALANCE) {
            return Answer.ok(JsJson.object());
        }
        throw ApiError.notFound("Endpoint not found");
    }
}
