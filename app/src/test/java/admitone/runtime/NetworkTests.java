package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NetworkTests {
    @Test
    void isTheSameForAllAddressesOfAnIpv6Household() {
        assertThat(Network.of("2001:db8:0:1:aaaa:0:0:1")).isEqualTo(new Network("2001:db8:0:1"));
        assertThat(Network.of("2001:db8:0:1:bbbb:0:0:2")).isEqualTo(new Network("2001:db8:0:1"));
    }

    @Test
    void isTheAddressItselfOtherwise() {
        assertThat(Network.of("192.0.2.7")).isEqualTo(new Network("192.0.2.7"));
        assertThat(Network.of("::1")).isEqualTo(new Network("::1"));
    }
}
