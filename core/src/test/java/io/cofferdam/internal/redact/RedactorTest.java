package io.cofferdam.internal.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedactorTest {

    @ParameterizedTest(name = "{0} → {1}")
    @CsvSource({
        "nothing to hide, nothing to hide",
        "password=hunter2, password=***",
        "hunter2, ***",
        "hunter2 and again hunter2!, *** and again ***!",
        "hunter2hunter2, ***",
        "Hunter2 is another word, Hunter2 is another word",
    })
    void masksEveryOccurrence(String text, String expected) {
        assertThat(Redactor.of(List.of("hunter2")).redact(text)).isEqualTo(expected);
    }

    @Test
    void leavesNoRestOfALongerSecretThatContainsAShorterOne() {
        // given
        Redactor redactor = Redactor.of(List.of("token", "token-4711"));

        // when
        String redacted = redactor.redact("Bearer token-4711, token");

        // then
        assertThat(redacted).isEqualTo("Bearer ***, ***");
    }

    @Test
    void leavesNoRestOfSecretsThatOverlap() {
        assertThat(Redactor.of(List.of("abcd", "cdef")).redact("<abcdef>")).isEqualTo("<***>");
        assertThat(Redactor.of(List.of("aba")).redact("<ababa>")).isEqualTo("<***>");
    }

    @Test
    void masksTheLinesOfASecretOfSeveralLinesOneByOne() {
        // given
        String key = "-----BEGIN KEY-----\r\nMIIEvgIBADANBg\n}\n-----END KEY-----";
        Redactor redactor = Redactor.of(List.of(key));

        // then
        assertThat(redactor.redact("key: " + key)).isEqualTo("key: ***");
        assertThat(redactor.redact("line 2 is MIIEvgIBADANBg")).isEqualTo("line 2 is ***");
        assertThat(redactor.redact("a brace } is no secret")).isEqualTo("a brace } is no secret");
    }

    @Test
    void ignoresEmptySecretsWhichWouldMaskEverything() {
        assertThat(Redactor.of(List.of("", "\n")).redact("text")).isEqualTo("text");
    }

    @Test
    void treatsSecretsAsTextAndNotAsPatterns() {
        assertThat(Redactor.of(List.of(".*$1\\")).redact("a .*$1\\ b")).isEqualTo("a *** b");
    }

    @Test
    void doesNotShowItsSecrets() {
        assertThat(Redactor.of(List.of("hunter2"))).hasToString("redactor of 1 secrets");
    }
}
