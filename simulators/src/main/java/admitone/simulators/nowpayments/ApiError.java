package admitone.simulators.nowpayments;

import tools.jackson.databind.node.ObjectNode;

/** A refusal in the provider's envelope. */
final class ApiError extends RuntimeException {
    private final int status;
    private final String code;

    ApiError(int status, String code, String message) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
    }

    static ApiError invalid(String message) {
        return new ApiError(400, "INVALID_REQUEST_PARAMS", message);
    }

    static ApiError notFound(String message) {
        return new ApiError(404, "NOT_FOUND", message);
    }

    Answer answer() {
        ObjectNode body = JsJson.object();
        body.put("status", false).put("statusCode", status).put("code", code).put("message", getMessage());
        return Answer.json(status, body);
    }
}
