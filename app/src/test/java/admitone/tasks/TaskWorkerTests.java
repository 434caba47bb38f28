package admitone.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskWorkerTests {
    @ParameterizedTest
    @CsvSource({"1, 1", "2, 2", "3, 4", "10, 512", "11, 600", "12, 600", "64, 600", "2147483647, 600"})
    void doublesThePauseUpToTenMinutes(int attempt, long seconds) {
        assertThat(TaskWorker.backOff(attempt)).isEqualTo(Duration.ofSeconds(seconds));
    }
}
