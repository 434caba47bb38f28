package admitone.bench;

/** Ends the benchmark with a sentence for whoever started it: it could not measure, or what it measured was not right. */
final class Failure extends RuntimeException {
    Failure(String message) {
        super(message);
    }
}
