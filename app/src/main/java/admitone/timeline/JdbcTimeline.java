package admitone.timeline;

import admitone.database.Columns;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Repository
class JdbcTimeline {
    private static final TypeReference<LinkedHashMap<String, String>> DETAIL = new TypeReference<>() {};

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Ids ids;

    JdbcTimeline(JdbcTemplate template, JdbcClient jdbc, JsonMapper json, Ids ids) {
        this.template = template;
        this.jdbc = jdbc;
        this.json = json;
        this.ids = ids;
    }

    void insert(SellerId seller, List<Event> events) {
        if (events.isEmpty()) {
            return;
        }
        template.batchUpdate(
                """
                insert into timeline.event (seller_id, subject, event_id, at, kind, cause, source, detail)
                values (?, ?, ?, ?, ?, ?, ?, ?::jsonb)
                """,
                events.stream()
                        .map(event -> new Object[] {
                            seller.value(),
                            event.subject(),
                            ids.next(),
                            Columns.at(event.at()),
                            event.kind(),
                            event.cause(),
                            event.source(),
                            json.writeValueAsString(event.detail())
                        })
                        .toList());
    }

    List<Event> of(SellerId seller, String subject) {
        return jdbc.sql("""
                select subject, at, kind, cause, source, detail
                from timeline.event where seller_id = ? and subject = ? order by at, event_id
                """)
                .params(seller.value(), subject)
                .query((row, n) -> new Event(
                        row.getString("subject"),
                        Columns.instant(row, "at"),
                        row.getString("kind"),
                        row.getString("cause"),
                        row.getString("source"),
                        detail(row.getString("detail"))))
                .list();
    }

    private Map<String, String> detail(String text) {
        return json.readValue(text, DETAIL);
    }
}
