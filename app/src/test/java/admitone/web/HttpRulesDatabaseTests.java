package admitone.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.checkout.web.RunningShop;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpRulesDatabaseTests {
    private static RunningShop shop;

    @BeforeAll
    static void start() {
        shop = RunningShop.start(
                Map.of("ADMITONE_PUBLIC_URL", "https://pay.example", "ADMITONE_ADDRESS_LIMIT_PER_MINUTE", "300"),
                Map.of());
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    /** As a browser sends it: of a query's characters it escapes but a few. */
    @Test
    void readsAnOldOrderIdWithItsBar() throws IOException {
        assertThat(raw("/success?order_id=PGP-1|-1001234"))
                .startsWith("HTTP/1.1 404")
                .contains("We cannot find this purchase");
    }

    /** Nothing of ours was asked. */
    @ParameterizedTest
    @ValueSource(strings = {"/c/%zz", "/pay/a%2fb", "/c/a{b", "/c/..%5c"})
    void whatTomcatRefusesIsToldAsAllElse(String address) throws IOException {
        assertThat(raw(address))
                .startsWith("HTTP/1.1 400")
                .contains("Content-Security-Policy: default-src 'none'", "X-Content-Type-Options: nosniff")
                .doesNotContain("Apache", "HTTP Status")
                .containsAnyOf("<h1>", "\"code\":\"bad_request\"");
    }

    private static String raw(String address) throws IOException {
        URI there = URI.create(shop.url());
        try (Socket socket = new Socket(there.getHost(), there.getPort())) {
            socket.getOutputStream()
                    .write(("GET " + address
                                    + " HTTP/1.1\r\nHost: here\r\nAccept: text/html\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void putsStrictHeadersOnEveryAnswer() {
        String order = shop.order().id();
        for (String path : List.of(
                "/success?order_id=" + order,
                "/success/state?order_id=" + order,
                "/pay/" + order,
                "/c/quiet-alpha",
                "/api/payment-status?order_id=" + order,
                "/api/payment-status?order_id=unknown",
                "/health",
                "/assets/page.css",
                "/ipn",
                "/error",
                "/nothing-here")) {
            assertStrict(path, shop.get(path));
        }
        assertStrict("TRACE", shop.send("TRACE", "/success"));
    }

    private static void assertStrict(String path, HttpResponse<String> answer) {
        var headers = answer.headers();
        assertThat(headers.firstValue("X-Content-Type-Options")).as(path).hasValue("nosniff");
        assertThat(headers.firstValue("Referrer-Policy")).as(path).hasValue("no-referrer");
        assertThat(headers.firstValue("Content-Security-Policy").orElse(""))
                .as(path)
                .contains("default-src 'none'", "frame-ancestors 'none'")
                .doesNotContain("unsafe");
        assertThat(headers.firstValue("Strict-Transport-Security")).as(path).hasValue("max-age=31536000");
        assertThat(headers.firstValue("Server")).as(path).isEmpty();
        assertThat(headers.allValues("Set-Cookie")).as(path).isEmpty();
    }

    @Test
    void letsNoPageBeStored() {
        String order = shop.order().id();
        for (String path :
                List.of("/success?order_id=" + order, "/pay/" + order, "/c/quiet-alpha", "/health", "/nothing")) {
            assertThat(shop.get(path).headers().firstValue("Cache-Control"))
                    .as(path)
                    .hasValue("no-store");
        }
        assertThat(shop.get("/assets/page.css").headers().firstValue("Cache-Control"))
                .hasValue("max-age=300, public");
    }

    @Test
    void refusesTraceAndOtherMethods() {
        assertThat(shop.send("TRACE", "/success").statusCode()).isEqualTo(405);
        HttpResponse<String> wrong = shop.send("DELETE", "/api/payment-status");
        assertThat(wrong.statusCode()).isEqualTo(405);
        assertThat(wrong.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(wrong.headers().firstValue("Allow").orElse("")).contains("GET");
        assertThat(wrong.body()).contains("\"code\":\"method_not_allowed\"");
    }

    @Test
    void answersErrorsAsProblemsToProgramsAndAsPagesToPeople() {
        HttpResponse<String> program = shop.get("/nothing-here");
        HttpResponse<String> person = shop.get("/nothing-here", "Accept", "text/html,*/*;q=0.8");
        HttpResponse<String> api = shop.get("/api/nothing", "Accept", "text/html");

        for (HttpResponse<String> answer : List.of(program, person, api)) {
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(answer.body()).doesNotContainIgnoringCase("exception", "spring", "tomcat", "trace");
        }
        assertThat(program.body()).contains("\"code\":\"not_found\"");
        assertThat(person.headers().firstValue("Content-Type").orElse("")).startsWith("text/html");
        assertThat(person.body()).contains("<h1>Not found</h1>", "/assets/page.css");
        assertThat(api.body()).contains("\"code\":\"not_found\"");
    }

    @Test
    void tellsPeopleErrorsInTheirLanguageAndProgramsInEnglish() {
        HttpResponse<String> person = shop.get("/nothing-here", "Accept", "text/html", "Accept-Language", "es");
        HttpResponse<String> program = shop.get("/nothing-here", "Accept-Language", "es");

        assertThat(person.body())
                .contains("<html lang=\"es\"", "<h1>No encontrado</h1>", "No hay nada en esta dirección");
        assertThat(person.headers().allValues("Vary")).containsOnlyOnce("Accept-Language");
        assertThat(program.body()).contains("\"title\":\"Not found\"");
    }

    @Test
    void answersOnlyWhatIsMeantToBePublic() {
        for (String path : List.of(
                "/actuator",
                "/actuator/health",
                "/actuator/env",
                "/metrics",
                "/swagger-ui.html",
                "/v3/api-docs",
                "/.env",
                "/.git/config",
                "/application.yaml",
                "/templates/checkout/pay.html",
                "/assets/",
                "/assets/../application.yaml",
                "/static/assets/page.css",
                "/error",
                "/")) {
            assertThat(shop.get(path).statusCode()).as(path).isIn(400, 404);
        }
    }

    @Test
    void tellsThatItIsReady() {
        HttpResponse<String> answer = shop.get("/health");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"UP\"}");
    }
}
