package admitone.audit;

import admitone.audit.Reconciliation.Difference;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Which nights were looked at, and what was found in them. */
@Repository
class Nights {
    static final String CASE = "difference";

    /** One of which nothing was heard for so long was cut off. */
    private static final Duration CUT_OFF_AFTER = Duration.ofHours(2);

    private static final String PLATFORM = SellerId.PLATFORM.value();

    private final JdbcClient jdbc;
    private final Cases cases;
    private final Transactions transactions;
    private final Clock clock;

    Nights(JdbcClient jdbc, Cases cases, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.cases = cases;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Whether this instance does this night's look. */
    boolean take(LocalDate night) {
        Instant now = clock.instant();
        return transactions.run(
                SellerId.PLATFORM,
                () -> jdbc.sql("""
                        insert into audit.night as n (seller_id, night, begun_at) values (?, ?, ?)
                        on conflict (seller_id, night) do update set begun_at = excluded.begun_at
                        where n.finished_at is null and n.begun_at < ?
                        """)
                                .params(PLATFORM, night, Columns.at(now), Columns.at(now.minus(CUT_OFF_AFTER)))
                                .update()
                        == 1);
    }

    /** This instance is still at it: no other begins it again. */
    void goesOn(LocalDate night) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("update audit.night set begun_at = ? where seller_id = ? and night = ?")
                    .params(Columns.at(clock.instant()), PLATFORM, night)
                    .update();
        });
    }

    /** The look is over. */
    void finish(LocalDate night, int differences, String incomplete) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql(
                            "update audit.night set finished_at = ?, differences = ?, incomplete = ? where seller_id = ? and night = ?")
                    .params(Columns.all(
                            Columns.at(clock.instant()),
                            differences,
                            incomplete.isEmpty() ? null : incomplete,
                            PLATFORM,
                            night))
                    .update();
        });
    }

    /** Asks a person about it, once until it is gone; answers whether it is new. */
    boolean found(Difference difference, LocalDate night) {
        return transactions.run(SellerId.PLATFORM, () -> {
            Open open = new Open(difference.kind(), difference.about(), night, difference.since());
            boolean isNew = jdbc.sql("""
                            insert into audit.difference (seller_id, kind, about, found_on, since) values (?, ?, ?, ?, ?)
                            on conflict do nothing
                            """)
                            .params(PLATFORM, open.kind(), open.about(), night, Columns.at(open.since()))
                            .update()
                    == 1;
            if (isNew) {
                cases.open(
                        SellerId.PLATFORM,
                        new Case.Draft(
                                CASE,
                                open.subject(),
                                null,
                                null,
                                Map.of(
                                        "difference", difference.kind(),
                                        "about", difference.about(),
                                        "provider", difference.provider(),
                                        "ours", difference.ours(),
                                        "todo", difference.todo())));
            }
            return isNew;
        });
    }

    /**
     * One that a person was asked about and that is there as far as we know.
     *
     * @param since when what it is about was made
     */
    record Open(String kind, String about, LocalDate foundOn, Instant since) {
        String subject() {
            return kind + ":" + about + ":" + foundOn;
        }

        boolean is(Difference difference) {
            return kind.equals(difference.kind()) && about.equals(difference.about());
        }
    }

    List<Open> open() {
        return jdbc.sql("""
                select kind, about, found_on, since from audit.difference where seller_id = ? and gone_on is null
                """)
                .param(PLATFORM)
                .query((row, n) -> new Open(
                        row.getString("kind"),
                        row.getString("about"),
                        row.getObject("found_on", LocalDate.class),
                        Columns.instant(row, "since")))
                .list();
    }

    /** Within the current transaction: a person says that it is gone. */
    void mended(String kind, String about, LocalDate day) {
        jdbc.sql("""
                update audit.difference set gone_on = ? where seller_id = ? and kind = ? and about = ? and gone_on is null
                """).params(day, PLATFORM, kind, about).update();
    }

    /** It was not found any more: nobody needs to decide about it. */
    void gone(Open one, LocalDate night) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("""
                    update audit.difference set gone_on = ? where seller_id = ? and kind = ? and about = ? and found_on = ?
                    """)
                    .params(night, PLATFORM, one.kind(), one.about(), one.foundOn())
                    .update();
            cases.settle(SellerId.PLATFORM, one.subject(), CASE, "gone", "not found on " + night);
        });
    }
}
