package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.HandClock;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Task;
import java.sql.Connection;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DuplicateKeyException;

class GrantsDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final UUID CHANNEL = UUID.fromString("01935760-0000-7000-8000-000000000002");

    private final Core core = Core.start("grants");
    private final Grants grants = core.bean(Grants.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void refusesASecondGrantOfAnOrder() {
        add(grant("order-1", "1"));

        assertThatThrownBy(() -> add(grant("order-1", "2"))).isInstanceOf(DuplicateKeyException.class);

        add(grant("order-2", "3"));
        assertThat(core.count("access.grants")).isEqualTo(2);
    }

    @Test
    void goesForwardOnly() {
        Grant grant = grant("order-1", "1");
        add(grant);

        assertThat(advance(grant, Grant.Access.ADMITTED)).isTrue();
        assertThat(advance(grant, Grant.Access.DELIVERED)).isFalse();
        assertThat(advance(grant, Grant.Access.ADMITTED)).isFalse();
        core.transactions.run(SELLER, () -> grants.delivered(grant, 7));
        core.transactions.run(SELLER, () -> grants.endOfPayment(SELLER, "1", "refunded"));
        assertThat(advance(grant, Grant.Access.ADMITTED)).isFalse();

        assertThat(core.strings(
                        "select access || ' ' || message_id || ' ' || (delivered_at is not null) from access.grants"))
                .containsExactly("ended 7 true");
    }

    @Test
    void endsOnce() {
        add(grant("order-1", "1"));

        assertThat(core.transactions.run(SELLER, () -> grants.endOfPayment(SELLER, "1", "refunded")))
                .hasSize(1);
        assertThat(core.transactions.run(SELLER, () -> grants.endOfPayment(SELLER, "1", "refunded")))
                .isEmpty();
        assertThat(grants.active(SELLER, CHANNEL, 41)).isEmpty();
    }

    @Test
    void seatTellsUntilWhenOneIsEntitled() {
        takeSeat();
        add(grant("order-1", "1"));

        Seat seat = core.transactions.run(SELLER, () -> grants.lockSeat(SELLER, CHANNEL, 41));

        assertThat(seat.entitledUntil()).isEqualTo(HandClock.BEGIN.plus(Duration.ofDays(30)));
        assertThat(core.transactions
                        .run(SELLER, () -> grants.lockSeat(SELLER, CHANNEL, 42))
                        .entitledUntil())
                .isNull();
    }

    @Test
    void aLookWaitsForWhoeverDecidesAboutTheSeat() throws Exception {
        Grant grant = grant("order-1", "1");
        add(grant);
        takeSeat();
        // something later is known, so that the look itself changes no row
        core.transactions.run(SELLER, () -> grants.seen(SELLER, CHANNEL, 41, true, HandClock.BEGIN.plusSeconds(9)));

        waitsForTheSeat(() -> core.transactions.run(SELLER, () -> grants.looked(grant, false, HandClock.BEGIN)));
    }

    @Test
    void findingALinkWaitsForWhoeverDecidesAboutTheSeat() throws Exception {
        UUID channel = core.shop(SELLER.value()).channel().id();
        Grant grant = grant("order-1", "1", channel);
        add(grant);
        core.transactions.run(SELLER, () -> grants.lockSeat(SELLER, channel, 41));

        waitsForTheSeat(() -> core.bean(AssignLinkTask.class).attempt(task(Effects.assignLink(grant, "payment"))));
    }

    @Test
    void theEndOfSomebodysTimeWaitsForWhoeverDecidesAboutTheSeat() throws Exception {
        add(grant("order-1", "1"));
        takeSeat();
        core.clock.advance(Duration.ofDays(31));

        waitsForTheSeat(() -> core.bean(TimeKeeper.class).look());
    }

    /** What is bought at that moment closes up too. */
    @Test
    void aRefundWaitsForWhoeverDecidesAboutTheSeat() throws Exception {
        add(grant("order-1", "1"));
        takeSeat();

        waitsForTheSeat(() -> core.transactions.run(SELLER, () -> grants.endOfPayment(SELLER, "1", "refunded")));
    }

    /** Who pays at that moment is not removed. */
    @Test
    void aRemovalWaitsForWhoeverDecidesAboutTheSeat() throws Exception {
        UUID channel = core.shop(SELLER.value()).channel().id();
        Grant grant = grant("order-1", "1", channel);
        add(grant);
        core.transactions.run(SELLER, () -> grants.lockSeat(SELLER, channel, 41));
        Ending.Key end = new Ending.Key(new Seat.Key(SELLER, channel, 41), HandClock.BEGIN.plus(Duration.ofDays(30)));
        core.clock.advance(Duration.ofDays(31));
        core.transactions.run(SELLER, () -> {
            Endings endings = core.bean(Endings.class);
            endings.open(end, grant.id());
            endings.noticed(end, end.endsAt(), Duration.ofHours(1));
            endings.told(end, end.endsAt(), Duration.ofHours(1));
            endings.leaving(end);
        });
        core.messenger.inside.add(41L);
        Task removal = task(Effects.remove(end, grant.id()).getFirst());

        waitsForTheSeat(() -> core.bean(RemoveMemberTask.class).attempt(removal));
    }

    private Task task(Owed owed) {
        return new Task(
                SELLER,
                core.bean(Ids.class).next(),
                owed.kind(),
                owed.subject(),
                owed.payload(),
                /* attempt= */ 1,
                /* failures= */ 0,
                /* unknowns= */ 0,
                HandClock.BEGIN.plusSeconds(40),
                /* interrupted= */ false);
    }

    private void takeSeat() {
        core.transactions.run(SELLER, () -> grants.lockSeat(SELLER, CHANNEL, 41));
    }

    private void waitsForTheSeat(Runnable work) throws Exception {
        try (Connection holder = core.connection();
                var statement = holder.createStatement();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            holder.setAutoCommit(false);
            statement.execute("select from access.seat where telegram_user_id = 41 for update");
            Future<?> waiting = threads.submit(work);
            try {
                await().until(() ->
                        core.count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                                == 1);
            } finally {
                holder.rollback();
            }
            waiting.get();
        }
    }

    private boolean advance(Grant grant, Grant.Access to) {
        return core.transactions.run(SELLER, () -> grants.advance(grant, to));
    }

    private void add(Grant grant) {
        core.transactions.run(SELLER, () -> grants.add(grant));
    }

    private Grant grant(String order, String payment) {
        return grant(order, payment, CHANNEL);
    }

    private Grant grant(String order, String payment, UUID channel) {
        return new Grant(
                SELLER,
                core.bean(Ids.class).next(),
                new Origin.Purchase(order, payment),
                channel,
                41,
                HandClock.BEGIN,
                HandClock.BEGIN.plus(Duration.ofDays(30)),
                Grant.Access.READY);
    }
}
