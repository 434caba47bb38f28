package admitone.simulators.nowpayments;

import admitone.simulators.http.Exchange;
import java.io.IOException;
import tools.jackson.databind.JsonNode;

/** What goes back over the wire, decided before anything is written, so that a fault can take its place. */
sealed interface Answer {
    record Json(int status, String text) implements Answer {}

    record Html(int status, String text) implements Answer {}

    record Plain(int status, String text) implements Answer {}

    record See(String location) implements Answer {}

    /** The connection is closed without a word. */
    record Dropped() implements Answer {}

    static Answer json(int status, JsonNode body) {
        return new Json(status, JsJson.stringify(body));
    }

    static Answer ok(JsonNode body) {
        return json(200, body);
    }

    /** The error page of the proxy in front of the provider: no JSON and no {@code Retry-After}. */
    static Answer proxyPage(int status, String reason) {
        String title = status + " " + reason;
        return new Html(
                status,
                "<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title
                        + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n");
    }

    /** The HTTP status; 0 where none is sent. */
    default int statusCode() {
        return switch (this) {
            case Json json -> json.status();
            case Html html -> html.status();
            case Plain plain -> plain.status();
            case See _ -> 303;
            case Dropped _ -> 0;
        };
    }

    default void writeTo(Exchange exchange) throws IOException {
        switch (this) {
            case Json(int status, String text) -> exchange.json(status, text);
            case Html(int status, String text) -> exchange.html(status, text);
            case Plain(int status, String text) -> exchange.plain(status, text);
            case See(String location) -> exchange.redirect(location);
            case Dropped _ -> exchange.drop();
        }
    }
}
