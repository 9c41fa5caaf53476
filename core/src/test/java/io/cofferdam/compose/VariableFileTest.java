package io.cofferdam.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class VariableFileTest {

    private static final Source SOURCE = new Source(0, ".env", Path.of("/"), Map.of());

    private final Problems problems = new Problems(false);

    @Test
    @DisplayName("values with and without quotes, comments, escapes and variables")
    void forms() {
        assertThat(VariableFile.read("""
            # a comment

            PLAIN=value
            SPACED =  value with blanks  \s
            COMMENTED=value # comment
            HASH=value#no comment
            EMPTY=
            SINGLE='$PLAIN "x" # y'
            ESCAPED='Let\\'s go'
            DOUBLE="a\\tb\\n\\"c\\" $PLAIN \\$PLAIN" # comment
            export EXPORTED=1
            USING=${PLAIN}-${OUTER:-d}
            OUTER
            COLON: x
            MULTI="one
            two"
            LAST=1
            """, SOURCE, Map.of("OUTER", "o"), problems))
                .containsExactly(
                        Map.entry("PLAIN", "value"),
                        Map.entry("SPACED", "value with blanks"),
                        Map.entry("COMMENTED", "value"),
                        Map.entry("HASH", "value#no comment"),
                        Map.entry("EMPTY", ""),
                        Map.entry("SINGLE", "$PLAIN \"x\" # y"),
                        Map.entry("ESCAPED", "Let's go"),
                        Map.entry("DOUBLE", "a\tb\n\"c\" value $PLAIN"),
                        Map.entry("EXPORTED", "1"),
                        Map.entry("USING", "value-o"),
                        Map.entry("OUTER", "o"),
                        Map.entry("COLON", "x"),
                        Map.entry("MULTI", "one\ntwo"),
                        Map.entry("LAST", "1"));
        assertThat(problems.none()).isTrue();
    }

    @Test
    @DisplayName("Windows' line ends and a byte order mark are no part of anything")
    void windows() {
        assertThat(VariableFile.read("\uFEFFA=1\r\nB='2'\r\n", SOURCE, Map.of(), problems))
                .isEqualTo(Map.of("A", "1", "B", "2"));
    }

    @Test
    @DisplayName("the raw format takes everything behind the equals sign")
    void raw() {
        assertThat(VariableFile.readRaw("# c\nA='1' # $X\nB=\nC\n", SOURCE, problems))
                .isEqualTo(Map.of("A", "'1' # $X", "B", ""));
    }

    @Test
    @DisplayName("mistakes are told with their line and without any value")
    void mistakes() {
        // when
        VariableFile.read(
                "A=1\nhunter2 is no name\nB=\"hunter2\" x\nC=${hunter2\nD=\"hunter2\n", SOURCE, Map.of(), problems);

        // then
        assertThat(problems.errors())
                .extracting(problem -> problem.where() + " " + problem.what())
                .containsExactly(
                        ".env:2:1 there is no variable in this line",
                        ".env:3:13 there is something behind the closing quote of 'B'",
                        ".env:4:12 what follows a dollar sign is no variable",
                        ".env:5:3 the value of 'D' has no closing quote");
    }
}
