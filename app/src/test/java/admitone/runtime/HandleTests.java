package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandleTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "00000000-0000-0000-0000-000000000000",
                "ffffffff-ffff-ffff-ffff-ffffffffffff",
                "80000000-0000-0000-8000-000000000000",
                "0193575f-1234-7abc-8def-0123456789ab"
            })
    void readsWhatItWrites(String uuid) {
        Handle handle = new Handle(Handle.GRANT, SELLER, UUID.fromString(uuid));

        assertThat(handle.toString()).matches("gr_0123456789ab_[0-7][0-9a-z]{25}");
        assertThat(Handle.parse(Handle.GRANT, handle.toString())).contains(handle);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gr_",
                "ch_0123456789ab_00000000000000000000000000",
                "gr_0123456789ab_80000000000000000000000000", // more than 128 bits
                "gr_0123456789ab_0000000000000000000000000",
                "gr_0123456789ab_000000000000000000000000000",
                "gr_0123456789aB_00000000000000000000000000",
                "gr_0123456789al_00000000000000000000000000", // no l in this alphabet
                "gr_0123456789ab_00000000000000000000000000\n",
                " gr_0123456789ab_00000000000000000000000000"
            })
    void refusesAnyOtherText(String text) {
        assertThat(Handle.parse(Handle.GRANT, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PGP-41|-1001",
                "ao_0123456789ab_00000000000000000000000000000000000",
                "ao_0123456789ab_0000000000000000000000000000000000000",
                "ao_0123456789ab_000000000000000000000000000000000000\n",
                "xx_0123456789ab_000000000000000000000000000000000000"
            })
    void findsNoSellerInOtherOrderIds(String text) {
        assertThat(Handle.sellerOfOrder(text)).isEmpty();
    }

    @Test
    void knowsWhatASellerIdIs() {
        assertThatIllegalArgumentException().isThrownBy(() -> new SellerId("0123456789a"));
        assertThatIllegalArgumentException().isThrownBy(() -> new SellerId("0123456789aL"));
        assertThatIllegalArgumentException().isThrownBy(() -> new SellerId("0123456789ai"));
        assertThat(SellerId.PLATFORM).hasToString("000000000000");
    }
}
