package admitone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseParserTests {
    private static final String WITH_LENGTH = "HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\nhello";
    private static final String CHUNKED =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nhello\r\n1A\r\nabcdefghijklmnopqrstuvwxyz\r\n0\r\nX: y\r\n\r\n";
    private static final String EMPTY = "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n";
    private static final String CLOSING = "HTTP/1.1 503 \r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";

    private final ResponseParser parser = new ResponseParser();

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {WITH_LENGTH, CHUNKED, EMPTY, CLOSING})
    void isCompleteWithTheLastByteAndNotBefore(String answer) {
        for (int i = 0; i < answer.length() - 1; i++) {
            assertThat(parser.read(bytes(answer.substring(i, i + 1))))
                    .as("after byte %d", i)
                    .isFalse();
        }

        assertThat(parser.read(bytes(answer.substring(answer.length() - 1)))).isTrue();
    }

    @Test
    void readsOneAnswerAfterTheOtherAndLeavesWhatFollows() {
        ByteBuffer both = bytes(CHUNKED + CLOSING);

        assertThat(parser.read(both)).isTrue();
        assertThat(parser.status()).isEqualTo(200);
        assertThat(parser.closes()).isFalse();
        assertThat(both.remaining()).isEqualTo(CLOSING.length());
        assertThat(parser.read(both)).isTrue();
        assertThat(parser.status()).isEqualTo(503);
        assertThat(parser.closes()).isTrue();
    }

    @Test
    void refusesAHeadWithoutEnd() {
        assertThatThrownBy(() -> parser.read(bytes("x".repeat(20_000)))).isInstanceOf(IllegalStateException.class);
    }
}
