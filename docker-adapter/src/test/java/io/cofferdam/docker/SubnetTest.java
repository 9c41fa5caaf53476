package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.SubnetPool;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Address ranges and the host's routes. */
class SubnetTest {

    private static Subnet subnet(String cidr) {
        return Subnet.parse(cidr).orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8,10.255.0.0/16,true",
        "10.0.0.0/24,10.0.1.0/24,false",
        "172.17.0.5/16,172.17.255.0/24,true",
        "192.168.0.0/16,192.169.0.0/16,false",
        "10.1.2.3/32,10.1.2.3/32,true"
    })
    @DisplayName("ranges overlap if one has an address of the other")
    void overlaps(String one, String other, boolean overlap) {
        assertThat(subnet(one).overlaps(subnet(other))).isEqualTo(overlap);
        assertThat(subnet(other).overlaps(subnet(one))).isEqualTo(overlap);
    }

    @Test
    @DisplayName("what is no IPv4 range is none")
    void noRange() {
        for (String text : List.of("", "fd00::/8", "10.0.0.0", "10.0.0.0/0", "10.0.0.0/33")) {
            assertThat(Subnet.parse(text)).as(text).isEmpty();
        }
    }

    @Test
    @DisplayName("routes are read from the kernel's table, without the default route")
    void routes() {
        assertThat(HostRoutes.parse("""
                Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
                eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
                docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
                broken
                """)).containsExactly(new HostRoutes.Route("docker0", subnet("172.17.0.0/16")));
    }

    @Test
    @DisplayName("the engine chooses first; a pool takes over where its choice is bad, and skips what is in use")
    void choice() {
        Subnets subnets = new Subnets(null, SubnetPool.of("10.200.0.0/22", 24));

        assertThat(subnets.next(List::of)).isEmpty();
        subnets.avoidEngineChoice();
        assertThat(subnets.next(() -> List.of(subnet("10.200.0.0/23")))).contains(subnet("10.200.2.0/24"));
        assertThat(subnets.next(List::of)).contains(subnet("10.200.3.0/24"));
    }
}
