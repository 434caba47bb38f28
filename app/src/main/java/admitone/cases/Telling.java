package admitone.cases;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Task;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Of which cases their sellers were told in the chat, and of how many in an hour. All within the current transaction. */
@Repository
public class Telling {
    /** The queue of what is told. */
    public static final String TELL_CASE = "tell_case";

    /** Of so many is a seller told in an hour by the clock; the others wait for the next ones, unless they are decided by then. */
    public static final int MOST_IN_AN_HOUR = 20;

    /** As migrations write it: nobody was told of such cases then. */
    static final String OPENED_BEFORE = "opened_before";

    private final JdbcClient jdbc;

    Telling(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Tells the seller of a case; one per case. */
    static Owed tell(UUID caseId) {
        return Owed.now(TELL_CASE, "case:" + caseId, Map.of("case", caseId.toString()));
    }

    /** The case that a task tells of. */
    public static UUID caseOf(Task task) {
        return UUID.fromString(task.need("case"));
    }

    /** What is owed for those of a seller's open cases that could not be told, when they can be reached again. */
    public List<Owed> untold(SellerId seller, int limit) {
        return jdbc.sql("""
                select case_id from cases.cases where seller_id = ? and untold_why is not null and state = 'open' order by case_id limit ?
                """)
                .params(seller.value(), limit)
                .query((row, _) -> tell(row.getObject("case_id", UUID.class)))
                .list();
    }

    /** Takes one of the places of an hour and answers which, from 1 on; empty where all are taken. */
    public Optional<Integer> takePlace(SellerId seller, Instant hour) {
        return jdbc.sql("""
                insert into cases.pace (seller_id, hour, told) values (?, ?, 1)
                on conflict (seller_id) do update
                  set told = case when pace.hour = excluded.hour then pace.told + 1 else 1 end, hour = excluded.hour
                  where pace.hour < excluded.hour or (pace.hour = excluded.hour and pace.told < ?)
                returning told
                """)
                .params(seller.value(), Columns.at(hour), MOST_IN_AN_HOUR)
                .query(Integer.class)
                .optional();
    }

    /** The place was not used. */
    public void giveBack(SellerId seller, Instant hour) {
        jdbc.sql("update cases.pace set told = told - 1 where seller_id = ? and hour = ? and told > 0")
                .params(seller.value(), Columns.at(hour))
                .update();
    }

    public void told(SellerId seller, UUID caseId, Instant at) {
        jdbc.sql("update cases.cases set told_at = ?, untold_why = null where seller_id = ? and case_id = ?")
                .params(Columns.at(at), seller.value(), caseId)
                .update();
    }

    /** It waits for its seller no more. */
    public void nothingToTell(SellerId seller, UUID caseId) {
        jdbc.sql(
                        "update cases.cases set untold_why = null where seller_id = ? and case_id = ? and untold_why is not null")
                .params(seller.value(), caseId)
                .update();
    }

    public void notTold(SellerId seller, UUID caseId, String why) {
        jdbc.sql("update cases.cases set untold_why = ? where seller_id = ? and case_id = ?")
                .params(why, seller.value(), caseId)
                .update();
    }
}
