package admitone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ReconcileCommandTests {
    @Test
    void tellsWholeSeconds() {
        var report = JsonMapper.shared().readTree("""
                {"since": "2026-11-22T07:17:15.389047Z", "taken_in": 0}
                """);

        assertThat(ReconcileCommand.told(report)).startsWith("Compared since 2026-11-22T07:17:15Z: 0 payments");
    }
}
