package io.cofferdam.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.InvalidInputException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DataSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1048576, 1048576",
        "64k, 65536",
        "512m, 536870912",
        "1g, 1073741824",
        "1GiB, 1073741824",
        "2 MB, 2097152",
        "1t, 1099511627776",
    })
    void readsAmounts(String text, long bytes) {
        assertThat(DataSize.parse(text)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "m", "-1", "1.5g", "1x", "9999999999999999999", "9999999999t", "1 m m"})
    void refusesWhatIsNoAmount(String text) {
        assertThatThrownBy(() -> DataSize.parse(text)).isInstanceOf(InvalidInputException.class);
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "1023, 1023 B", "1536, 1.5 KiB", "536870912, 512 MiB", "1099511627776, 1.0 TiB"})
    void writesAmounts(long bytes, String text) {
        assertThat(DataSize.format(bytes)).isEqualTo(text);
    }
}
