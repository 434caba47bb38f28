package admitone.api;

import admitone.database.Lane;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpStatus;
import org.springframework.transaction.TransactionException;
import org.springframework.web.filter.OncePerRequestFilter;

/** The gate of {@code /api/v1}: the token, the size of the body, and read-only connections for whatever only reads. */
final class ApiFilter extends OncePerRequestFilter {
    static final String BASE = "/api/v1";
    static final String CALLER = ApiFilter.class.getName() + ".caller";
    static final String BODY = "admitone.api.ApiFilter.body";

    private static final Logger log = LoggerFactory.getLogger(ApiFilter.class);
    private static final String OPEN = BASE + "/openapi.json";
    private static final int MOST_BYTES = 64 * 1024;
    private static final int MOST_BYTES_OF_FILE = 1024 * 1024;

    private final Tokens tokens;
    private final Problems problems;

    ApiFilter(Tokens tokens, Problems problems) {
        this.tokens = tokens;
        this.problems = problems;
    }

    static boolean isApi(HttpServletRequest request) {
        return request.getRequestURI().startsWith(BASE + "/");
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        response.setHeader("Cache-Control", "no-store");
        try {
            if (isRead(request) && request.getRequestURI().equals(OPEN)) {
                chain.doFilter(request, response);
                return;
            }
            request.setAttribute(CALLER, caller(request));
            if (isRead(request)) {
                reading(request, response, chain);
            } else {
                chain.doFilter(new Kept(request, body(request)), response);
            }
        } catch (Problem problem) {
            problems.write(response, problem);
        }
    }

    private static boolean isRead(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    /** A GET never writes: its connections are read-only. */
    private static void reading(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<ServletException> failed;
        try {
            failed = Lane.LISTS.run(() -> {
                try {
                    chain.doFilter(request, response);
                    return Optional.<ServletException>empty();
                } catch (ServletException e) {
                    return Optional.of(e);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw new IOException(e);
        }
        if (failed.isPresent()) {
            throw failed.get();
        }
    }

    private Caller caller(HttpServletRequest request) {
        List<String> headers = Collections.list(request.getHeaders("Authorization"));
        if (headers.size() != 1 || !headers.getFirst().regionMatches(true, 0, "Bearer ", 0, 7)) {
            throw Problem.unauthorized(false);
        }
        String token = headers.getFirst().substring(7).strip();
        try {
            return Lane.READS.run(() -> tokens.callerOf(token)).orElseThrow(() -> Problem.unauthorized(true));
        } catch (DataAccessException | TransactionException e) {
            log.warn("a token could not be looked up ({})", e.toString());
            throw Problem.notNow(
                    "unavailable",
                    "The database does not answer now. Send the request again.",
                    java.time.Duration.ofSeconds(2));
        }
    }

    private static byte[] body(HttpServletRequest request) throws IOException {
        int most = request.getRequestURI().endsWith(ImportController.PATH) ? MOST_BYTES_OF_FILE : MOST_BYTES;
        byte[] body = request.getInputStream().readNBytes(most + 1);
        if (body.length > most) {
            throw new Problem(
                    HttpStatus.CONTENT_TOO_LARGE, "too_large", "A body has at most " + most / 1024 + " KiB here.");
        }
        request.setAttribute(BODY, body);
        return body;
    }

    /** A request whose body was read and can be read again. */
    private static final class Kept extends HttpServletRequestWrapper {
        private final byte[] body;

        Kept(HttpServletRequest request, byte[] body) {
            super(request);
            this.body = body;
        }

        @Override
        public ServletInputStream getInputStream() {
            InputStream bytes = new ByteArrayInputStream(body);
            return new ServletInputStream() {
                @Override
                public int read() throws IOException {
                    return bytes.read();
                }

                @Override
                public int read(byte[] target, int from, int length) throws IOException {
                    return bytes.read(target, from, length);
                }

                @Override
                public boolean isFinished() {
                    return remaining() == 0;
                }

                @Override
                public boolean isReady() {
                    return true;
                }

                @Override
                public void setReadListener(jakarta.servlet.ReadListener listener) {
                    throw new UnsupportedOperationException("the body is here already");
                }

                private int remaining() {
                    try {
                        return bytes.available();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }
            };
        }
    }
}
