package admitone.simulators.telegram;

import org.jspecify.annotations.Nullable;

/** A refusal as the Bot API words it: the HTTP status, a description for people, and parameters for programs. */
final class ApiError extends RuntimeException {
    final int code;
    final String description;
    final @Nullable Integer retryAfter;
    final @Nullable Long migrateToChatId;

    private ApiError(int code, String description, @Nullable Integer retryAfter, @Nullable Long migrateToChatId) {
        super(description, null, false, false);
        this.code = code;
        this.description = description;
        this.retryAfter = retryAfter;
        this.migrateToChatId = migrateToChatId;
    }

    static ApiError of(int code, String description) {
        return new ApiError(code, description, null, null);
    }

    static ApiError badRequest(String text) {
        return of(400, "Bad Request: " + text);
    }

    static ApiError forbidden(String text) {
        return of(403, "Forbidden: " + text);
    }

    static ApiError conflict(String text) {
        return of(409, "Conflict: " + text);
    }

    static ApiError flood(int retryAfter) {
        return new ApiError(429, "Too Many Requests: retry after " + retryAfter, retryAfter, null);
    }

    static ApiError migrated(long newChatId) {
        return new ApiError(400, "Bad Request: group chat was upgraded to a supergroup chat", null, newChatId);
    }
}
