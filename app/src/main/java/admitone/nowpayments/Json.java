package admitone.nowpayments;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A JSON value as it was written: numbers keep their text and members their order, because a signature covers both. */
sealed interface Json {
    record Obj(Map<String, Json> members) implements Json {
        public Obj {
            members = Collections.unmodifiableMap(members);
        }

        Optional<Json> member(String name) {
            return Optional.ofNullable(members.get(name));
        }
    }

    record Arr(List<Json> items) implements Json {
        public Arr {
            items = List.copyOf(items);
        }
    }

    /** May hold U+0000 and half a surrogate pair: JSON allows both, PostgreSQL's text neither. */
    record Str(String text) implements Json {}

    record Num(String text) implements Json {}

    record Bool(boolean value) implements Json {}

    record Null() implements Json {}
}
