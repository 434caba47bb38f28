package admitone.runtime;

import java.math.BigInteger;
import java.time.Clock;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/** Makes every id of the service, in Java, from one clock and one source of randomness. */
public final class Ids {
    /** An id has 48 bits of them. */
    private static final long LAST_MILLIS = (1L << 48) - 1;

    private final Clock clock;
    private final RandomGenerator random;
    /** Milliseconds and a 12-bit count within them. */
    private final AtomicLong last = new AtomicLong();

    /** In production {@code random} is a {@link java.security.SecureRandom}: order ids are secrets. */
    public Ids(Clock clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    /** UUIDv7: ordered by time and, within this process, by the order of asking; new rows land at the end of an index. */
    public UUID next() {
        long tick = last.updateAndGet(before -> Math.max(before + 1, clock.millis() << 12));
        long high = (tick >>> 12 << 16) | 0x7000L | (tick & 0x0fffL);
        long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }

    /** What is made from now on is greater: the clock may have been ahead when that one was made. */
    public void goOnAfter(UUID id) {
        long high = id.getMostSignificantBits();
        last.accumulateAndGet((high >>> 16 << 12) | (high & 0x0fffL), Math::max);
    }

    /** No id made before {@code instant} is greater or equal, none made from then on is less. */
    public static UUID firstAt(Instant instant) {
        long millis = Math.clamp(instant.toEpochMilli(), 0, LAST_MILLIS);
        return new UUID(millis << 16 | 0x7000L, 0x8000_0000_0000_0000L);
    }

    /** When an id was made. */
    public static Instant madeAt(UUID id) {
        return Instant.ofEpochMilli(id.getMostSignificantBits() >>> 16);
    }

    public SellerId nextSeller() {
        return new SellerId(random(12));
    }

    /** {@code ao_<seller>_<10 characters of time, 26 random ones>}: 130 random bits, ordered by time, fits a deep link. */
    public String nextOrderId(SellerId seller) {
        return "ao_" + seller + "_" + Base32.text(BigInteger.valueOf(clock.millis()), 10) + random(26);
    }

    /** {@code length} random characters, five bits each. */
    public String random(int length) {
        byte[] bytes = new byte[(length * 5 + 7) / 8];
        random.nextBytes(bytes);
        return Base32.text(new BigInteger(1, bytes), length);
    }
}
