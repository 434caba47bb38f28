package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StatementTests {
    @Test
    void neverHoldsAFormula() {
        assertThat(LedgerController.row(List.of("=1+1", "+1", "-1", "@x", "\tx", "a\"b", "")))
                .isEqualTo("\"'=1+1\",\"'+1\",\"'-1\",\"'@x\",\"'\tx\",\"a\"\"b\",\"\"\r\n");
    }
}
