package admitone.bench;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Reads the answers on one connection, one after the other: their status is kept, their bodies are passed over. */
final class ResponseParser {
    private static final int LONGEST_HEAD = 16 * 1024;
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final int STATUS_LENGTH = 3;

    private enum Part {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER
    }

    private final byte[] head = new byte[LONGEST_HEAD];
    private int headLength;
    private Part part = Part.HEAD;
    private long left;
    private int lineLength;
    private int status;
    private boolean closes;

    /** Of the answer read last. */
    int status() {
        return status;
    }

    /** Whether the server closes the connection after the answer read last. */
    boolean closes() {
        return closes;
    }

    /** Takes what has arrived; true when an answer is complete. What follows it stays in the buffer. */
    boolean read(ByteBuffer in) {
        while (in.hasRemaining()) {
            if (take(in)) {
                return true;
            }
        }
        return false;
    }

    private boolean take(ByteBuffer in) {
        return switch (part) {
            case HEAD -> takeHead(in.get());
            case BODY -> skip(in) && end();
            case CHUNK_SIZE -> takeChunkSize(in.get());
            case CHUNK -> {
                if (skip(in)) {
                    part = Part.CHUNK_END;
                }
                yield false;
            }
            case CHUNK_END -> {
                if (in.get() == '\n') {
                    part = Part.CHUNK_SIZE;
                    left = 0;
                }
                yield false;
            }
            case TRAILER -> takeTrailer(in.get());
        };
    }

    private boolean takeHead(byte next) {
        if (headLength == LONGEST_HEAD) {
            throw new IllegalStateException("the head of an answer is over " + LONGEST_HEAD + " bytes");
        }
        head[headLength++] = next;
        if (next != '\n' || headLength < 4 || head[headLength - 3] != '\n') {
            return false;
        }
        String text = new String(head, 0, headLength, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        headLength = 0;
        status = Integer.parseInt(text.substring(STATUS_AT, STATUS_AT + STATUS_LENGTH));
        closes = text.contains("\r\nconnection: close");
        if (text.contains("\r\ntransfer-encoding: chunked")) {
            part = Part.CHUNK_SIZE;
            left = 0;
            return false;
        }
        left = contentLength(text);
        if (left == 0) {
            return end();
        }
        part = Part.BODY;
        return false;
    }

    private static long contentLength(String head) {
        String name = "\r\ncontent-length: ";
        int at = head.indexOf(name);
        return at < 0 ? 0 : Long.parseLong(head.substring(at + name.length(), head.indexOf('\r', at + name.length())));
    }

    private boolean takeChunkSize(byte next) {
        if (next == '\n') {
            lineLength = 0;
            part = left == 0 ? Part.TRAILER : Part.CHUNK;
        } else if (next == ';') {
            lineLength = 1; // an extension: what follows is no size
        } else if (next != '\r' && lineLength == 0) {
            left = left * 16 + Character.digit(next, 16);
        }
        return false;
    }

    private boolean takeTrailer(byte next) {
        if (next == '\n') {
            if (lineLength == 0) {
                return end();
            }
            lineLength = 0;
        } else if (next != '\r') {
            lineLength++;
        }
        return false;
    }

    /** Passes over what is there of a body; true when it is over. */
    private boolean skip(ByteBuffer in) {
        int now = (int) Math.min(left, in.remaining());
        in.position(in.position() + now);
        left -= now;
        return left == 0;
    }

    private boolean end() {
        part = Part.HEAD;
        return true;
    }
}
