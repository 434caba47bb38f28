package admitone.timeline;

import admitone.database.Columns;
import admitone.database.Sql;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

@Repository
class JdbcTimeline {
    private static final TypeReference<List<Stored>> EVENTS = new TypeReference<>() {};

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Ids ids;

    JdbcTimeline(JdbcClient jdbc, JsonMapper json, Ids ids) {
        this.jdbc = jdbc;
        this.json = json;
        this.ids = ids;
    }

    /** An event, and in whose timeline it belongs. */
    record OfSeller(SellerId seller, Event event) {}

    private record Subject(SellerId seller, String name) {}

    /** An event inside its entry. */
    private record Stored(String at, String kind, String cause, String source, Map<String, String> detail) {
        static Stored of(Event event) {
            return new Stored(event.at().toString(), event.kind(), event.cause(), event.source(), event.detail());
        }

        Event of(String subject) {
            return new Event(subject, Instant.parse(at), kind, cause, source, detail);
        }
    }

    /** One entry for each subject. */
    Sql insertion(List<OfSeller> events) {
        Map<Subject, List<Event>> entries = new LinkedHashMap<>();
        events.forEach(one -> entries.computeIfAbsent(
                        new Subject(one.seller(), one.event().subject()), _ -> new ArrayList<>())
                .add(one.event()));
        List<Object[]> rows = new ArrayList<>(entries.size());
        entries.forEach((subject, told) -> rows.add(new Object[] {
            subject.seller().value(),
            subject.name(),
            ids.next(),
            Columns.at(told.getFirst().at()),
            json.writeValueAsString(told.stream().map(Stored::of).toList())
        }));
        return new Sql("""
                insert into timeline.entry (seller_id, subject, entry_id, at, events)
                select seller_id, subject, entry_id, at, events::json
                from (select r->>0 as seller_id, r->>1 as subject, (r->>2)::uuid as entry_id, (r->>3)::timestamptz as at, r->>4 as events from unnest(?::jsonb[]) as r) as v
                """, Columns.rows(rows));
    }

    List<Event> of(SellerId seller, String subject) {
        List<Event> events = new ArrayList<>();
        jdbc.sql("select events from timeline.entry where seller_id = ? and subject = ? order by at, entry_id")
                .params(seller.value(), subject)
                .query((row, n) -> json.readValue(row.getString("events"), EVENTS))
                .list()
                .forEach(entry -> entry.forEach(stored -> events.add(stored.of(subject))));
        events.sort(Comparator.comparing(Event::at)); // an entry of repeats may reach beyond the next entry's beginning
        return events;
    }
}
