package io.cofferdam.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.InvalidInputException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelSelectorTest {

    private static final Map<String, String> LABELS = Map.of("team", "shop", "tier", "web");

    @Test
    void picksWhatCarriesAllOfTheLabels() {
        assertThat(LabelSelector.parse("team=shop,tier").matches(LABELS)).isTrue();
        assertThat(LabelSelector.parse("team=shop,tier=db").matches(LABELS)).isFalse();
        assertThat(LabelSelector.having("owner").matches(LABELS)).isFalse();
        assertThat(LabelSelector.all().matches(Map.of())).isTrue();
        assertThat(LabelSelector.of("team", "shop").and("tier", "web").matches(LABELS))
                .isTrue();
    }

    @Test
    void readsWhatItWrites() {
        LabelSelector selector = LabelSelector.parse("b=c, a");

        assertThat(selector).hasToString("a,b=c");
        assertThat(LabelSelector.parse(selector.toString())).isEqualTo(selector);
    }

    @Test
    void refusesALabelWithoutAName() {
        assertThatThrownBy(() -> LabelSelector.parse("a=b,,c")).isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> LabelSelector.parse("=x")).isInstanceOf(InvalidInputException.class);
    }
}
