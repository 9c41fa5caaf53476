package io.cofferdam.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.InvalidInputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubnetPoolTest {

    @Test
    void cutsSubnets() {
        SubnetPool pool = SubnetPool.of("10.200.0.0/13", 24);

        assertThat(pool.size()).isEqualTo(2048);
        assertThat(pool.subnet(0)).isEqualTo("10.200.0.0/24");
        assertThat(pool.subnet(2047)).isEqualTo("10.207.255.0/24");
        assertThat(pool).hasToString("10.200.0.0/13 in /24");
        assertThatThrownBy(() -> pool.subnet(2048)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void takesTheRangeAnAddressLiesIn() {
        assertThat(SubnetPool.of("192.168.77.5/16", 30).subnet(1)).isEqualTo("192.168.0.4/30");
        assertThat(SubnetPool.of("224.0.0.0/4", 30).subnet(0)).isEqualTo("224.0.0.0/30");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.0, 24", "10.0.0.256/8, 24", "10.0.0.0/33, 24", "10.0.0.0/8, 31", "10.0.0.0/24, 16", "x/8, 24"})
    void refusesWhatIsNoRange(String cidr, int bits) {
        assertThatThrownBy(() -> SubnetPool.of(cidr, bits)).isInstanceOf(InvalidInputException.class);
    }
}
