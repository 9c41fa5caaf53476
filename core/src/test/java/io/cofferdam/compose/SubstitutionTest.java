package io.cofferdam.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubstitutionTest {

    private static final Map<String, String> VARIABLES = Map.of("V", "v", "EMPTY", "", "_A1", "a");

    private final Problems problems = new Problems(false);

    private String substitute(String text) {
        Place place = new Place(new Source(0, "f", Path.of("/"), Map.of()), 1, 1);
        return new Substitution(VARIABLES::get, true, problems).apply(text, place);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "$V | v",
                "${V} | v",
                "a$V-b | av-b",
                "$_A1 | a",
                "${V}${V} | vv",
                "$$V | $V",
                "$$$V | $v",
                "$${V} | ${V}",
                "${NO:-d} | d",
                "${NO-d} | d",
                "${EMPTY:-d} | d",
                "${EMPTY-d} | ``",
                "${V:-d} | v",
                "${V:?e} | v",
                "${EMPTY?e} | ``",
                "${V:+r} | r",
                "${EMPTY:+r} | ``",
                "${EMPTY+r} | r",
                "${NO:+r} | ``",
                "${NO+r} | ``",
                "${NO:-${V}} | v",
                "${NO:-$V} | v",
                "${NO:-${NEITHER:-d}} | d",
                "${NO:-a${V}b} | avb",
                "${NO:-} | ``",
                "${NO:-$$} | $",
                "${NO:-a:b-c?d} | a:b-c?d",
                "${V:+${V}} | v",
                "http://$V:80/${V}/x | http://v:80/v/x",
            })
    @DisplayName("every operator, alone and nested")
    void operators(String text, String result) {
        assertThat(substitute(text)).isEqualTo(result);
        assertThat(problems.none()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "$ | '$' is no variable",
                "a$ | '$' is no variable",
                "$5 | '$5' is no variable",
                "${} | '${}' is no variable",
                "${V | '${V' is no variable",
                "${V/a/b} | '${V/a/b}' is no variable",
                "${V:} | '${V:}' is no variable",
                "${5} | '${5}' is no variable",
                "${NO:-${V} | '${NO:-${V}' is no variable",
                "${NO?must be} | the variable 'NO' is required and is not set: must be",
                "${NO:?} | the variable 'NO' is required and is not set",
                "${EMPTY:?x} | the variable 'EMPTY' is required and is not set to anything: x",
                "${NO?$V} | the variable 'NO' is required and is not set: $V",
            })
    @DisplayName("what cannot be substituted is told")
    void wrong(String text, String problem) {
        // when
        substitute(text);

        // then
        assertThat(problems.errors()).hasSize(1).first().hasToString("f:1:1: " + problem + remedy(problem));
    }

    private static String remedy(String problem) {
        return problem.contains("is no variable")
                ? "; write $NAME, ${NAME}, one of ${NAME:-x} ${NAME-x} ${NAME:?x} ${NAME?x} ${NAME:+x} ${NAME+x}, or"
                        + " $$ for a dollar sign"
                : "; set it in the environment or in .env";
    }

    @Test
    @DisplayName("a variable that is not set is empty, with a warning")
    void unset() {
        assertThat(substitute("a${NO}b$NO")).isEqualTo("ab");
        assertThat(problems.none()).isTrue();
        assertThat(problems.warnings()).hasSize(1);
    }

    @Test
    @DisplayName("variables nested too deep are refused")
    void tooDeep() {
        // when
        substitute("${NO:-".repeat(50) + "}".repeat(50));

        // then
        assertThat(problems.errors()).hasSize(1).first().asString().contains("nested more than 20 levels deep");
    }

    @Test
    @DisplayName("variables that double each other end at a bound instead of in memory")
    void doubling() {
        // given
        StringBuilder file = new StringBuilder("V0=0123456789\n");
        for (int i = 1; i < 60; i++) {
            file.append("V" + i + "=$V" + (i - 1) + "$V" + (i - 1) + "\n");
        }

        // when
        VariableFile.read(file.toString(), new Source(0, "f", Path.of("/"), Map.of()), Map.of(), problems);

        // then
        assertThat(problems.errors()).hasSize(1).first().asString().contains("more than 16 MiB of text");
    }
}
