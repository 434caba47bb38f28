package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdsTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");

    private final HandClock clock = new HandClock();
    private final Ids ids = new Ids(clock, new SecureRandom());

    @Test
    void makesUuidsOfVersionSeven() {
        UUID id = ids.next();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(clock.millis());
    }

    @Test
    void ordersUuidsByTheOrderOfAskingEvenWhileTheClockStands() {
        List<UUID> made = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            made.add(ids.next());
            if (i % 1000 == 0) {
                clock.advance(Duration.ofMillis(1));
            }
        }

        assertThat(made).isSortedAccordingTo(Comparator.comparing(UUID::toString));
        assertThat(made).doesNotHaveDuplicates();
        assertThat(made).allMatch(id -> id.version() == 7 && id.variant() == 2);
    }

    @Test
    void makesNoUuidTwiceAcrossThreads() {
        Set<UUID> made = new HashSet<>(
                IntStream.range(0, 20_000).parallel().mapToObj(i -> ids.next()).toList());

        assertThat(made).hasSize(20_000);
    }

    @Test
    void makesOrderIdsThatFitADeepLinkAndNameTheirSeller() {
        String id = ids.nextOrderId(SELLER);

        assertThat(id).matches("ao_0123456789ab_[0-9a-z]{36}").matches("[A-Za-z0-9_-]{1,64}");
        assertThat(Handle.sellerOfOrder(id)).contains(SELLER);
    }

    @Test
    void hidesAnOrderIdInAHundredAndThirtyRandomBits() {
        RandomGenerator zero = new Random(1) {
            @Override
            public void nextBytes(byte[] bytes) {
                java.util.Arrays.fill(bytes, (byte) 0);
            }
        };
        RandomGenerator ones = new Random(1) {
            @Override
            public void nextBytes(byte[] bytes) {
                java.util.Arrays.fill(bytes, (byte) 0xff);
            }
        };

        assertThat(new Ids(clock, zero).nextOrderId(SELLER)).endsWith("0".repeat(26));
        assertThat(new Ids(clock, ones).nextOrderId(SELLER)).endsWith("z".repeat(26));
    }

    @Test
    void ordersOrderIdsByTime() {
        String first = ids.nextOrderId(SELLER);
        clock.advance(Duration.ofMillis(1));
        String second = ids.nextOrderId(SELLER);

        assertThat(second).isGreaterThan(first);
    }

    /** An id has 48 bits of milliseconds: what is beyond them would be an id of the other end. */
    @Test
    void noInstantIsBeforeTheFirstIdOrAfterTheLast() {
        assertThat(Ids.firstAt(Instant.parse("1969-12-31T23:59:59Z"))).isEqualTo(Ids.firstAt(Instant.EPOCH));
        assertThat(Ids.firstAt(Instant.parse("+20000-01-01T00:00:00Z")).toString())
                .startsWith("ffffffff-ffff-7000");
    }
}
