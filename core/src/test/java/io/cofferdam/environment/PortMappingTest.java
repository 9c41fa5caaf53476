package io.cofferdam.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.InvalidInputException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PortMappingTest {

    @ParameterizedTest
    @CsvSource({
        "80, 127.0.0.1, , 80, TCP, 80",
        "8080:80, 127.0.0.1, 8080, 80, TCP, 8080:80",
        ":80, 127.0.0.1, , 80, TCP, 80",
        "0.0.0.0:53:53/udp, 0.0.0.0, 53, 53, UDP, 0.0.0.0:53:53/udp",
        "0.0.0.0::80, 0.0.0.0, , 80, TCP, 0.0.0.0::80",
        "[::1]:8080:80/TCP, ::1, 8080, 80, TCP, [::1]:8080:80",
    })
    void readsAndWritesTheShortForm(
            String text, String address, Integer hostPort, int port, Protocol protocol, String written) {
        PortMapping mapping = PortMapping.parse(text);

        assertThat(mapping).isEqualTo(new PortMapping(port, protocol, hostPort, address));
        assertThat(mapping).hasToString(written);
        assertThat(PortMapping.parse(mapping.toString())).isEqualTo(mapping);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "a", "80:", "0", "65536", "80/sctp", "1:2:3:4", "-1:80", "99999999999:80", "8080:0", "80 "})
    void refusesOtherForms(String text) {
        assertThatThrownBy(() -> PortMapping.parse(text))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("port mapping '");
    }
}
