package admitone.web;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What Tomcat refuses before anything of ours is asked, such as an address that is none, in the form and with the headers of every other refusal. */
@Component
@Order(Ordered.LOWEST_PRECEDENCE)
class TomcatRefusals implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
    private final ObjectProvider<ErrorAnswers> answers;
    private final ObjectProvider<SecurityHeaders> headers;
    private final ObjectProvider<JsonMapper> json;

    TomcatRefusals(
            ObjectProvider<ErrorAnswers> answers,
            ObjectProvider<SecurityHeaders> headers,
            ObjectProvider<JsonMapper> json) {
        this.answers = answers;
        this.headers = headers;
        this.json = json;
    }

    @Override
    public void customize(TomcatServletWebServerFactory factory) {
        factory.addContextCustomizers(
                context -> context.getParent().getPipeline().addValve(new Refusal()));
    }

    /** Behind that of Spring Boot, so that it reports first. */
    private final class Refusal extends ErrorReportValve {
        @Override
        protected void report(Request request, Response response, @Nullable Throwable failure) {
            if (response.getStatus() < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
                return;
            }
            String path = request.getRequestURI();
            ResponseEntity<Object> answer = answers.getObject()
                    .of(
                            HttpStatusCode.valueOf(response.getStatus()),
                            new HttpHeaders(),
                            request,
                            path == null ? "" : path);
            headers.getObject().putOn(response);
            response.setContentType(String.valueOf(answer.getHeaders().getContentType()));
            response.setCharacterEncoding(StandardCharsets.UTF_8);
            try {
                Writer writer = response.getReporter();
                if (writer != null) {
                    Object body = answer.getBody();
                    writer.write(
                            body instanceof String page
                                    ? page
                                    : json.getObject().writeValueAsString(body));
                    response.finishResponse();
                }
            } catch (IOException | IllegalStateException e) {
                container.getLogger().debug("nobody is there to be told", e);
            }
        }
    }
}
