package admitone.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StatisticsTests {
    @Test
    void theMedianIsTheMiddleOrTheMeanOfTheTwoMiddleOnes() {
        assertThat(Statistics.median(List.of(5.0, 1.0, 3.0))).isEqualTo(3);
        assertThat(Statistics.median(List.of(4.0, 1.0, 3.0, 2.0))).isEqualTo(2.5);
        assertThat(Statistics.median(List.of(7.0))).isEqualTo(7);
    }

    @Test
    void aPercentileIsAValueThatWasMeasured() {
        List<Double> hundred =
                IntStream.rangeClosed(1, 100).mapToObj(i -> 101.0 - i).toList();

        assertThat(Statistics.percentile(hundred, 50)).isEqualTo(50);
        assertThat(Statistics.percentile(hundred, 99)).isEqualTo(99);
        assertThat(Statistics.percentile(hundred, 100)).isEqualTo(100);
        assertThat(Statistics.percentile(List.of(3.0), 1)).isEqualTo(3);
    }

    @Test
    void aRatioIsToTheMeanOfTheBaselinesAroundIt() {
        assertThat(Statistics.ratio(100, 150, 250)).isEqualTo(0.5);
    }

    @Test
    void nothingMeasuredIsNoResult() {
        assertThatThrownBy(() -> Statistics.median(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGoalIsReachedFromAboveOrBelowByItsKind() {
        assertThat(Measure.SETTLE.isReachedBy(0.5)).isTrue();
        assertThat(Measure.SETTLE.isReachedBy(0.49)).isFalse();
        assertThat(Measure.LATENCY_P50.isReachedBy(4.9)).isTrue();
        assertThat(Measure.LATENCY_P50.isReachedBy(5)).isFalse();
        assertThat(Measure.READY.share(1.5)).isEqualTo(2);
    }
}
