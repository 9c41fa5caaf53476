package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of {@code .dockerignore}, compared with what its documentation says. */
class IgnoreRulesTest {

    @ParameterizedTest(name = "{0} {2} {1}")
    @CsvSource({
        "foo, foo, out",
        "foo, foo/bar/baz, out",
        "foo, x/foo, in",
        "/foo, foo, out",
        "./foo/, foo/bar, out",
        "foo/../bar, bar, out",
        "../bar, bar, out",
        "*.md, README.md, out",
        "*.md, docs/README.md, in",
        "*/temp*, somedir/temporary.txt, out",
        "*/temp*, a/b/temporary.txt, in",
        "*/*/temp*, a/b/temporary.txt, out",
        "temp?, tempa, out",
        "temp?, temp, in",
        "temp?, temp/a, in",
        "**/*.log, a.log, out",
        "**/*.log, x/y/a.log, out",
        "**/*.log, x/a.logs, in",
        "**, any/thing, out",
        "docs/**, docs/a/b, out",
        "docs/**, docs, in",
        "a/**/b, a/b, out",
        "a/**/b, a/x/y/b, out",
        "a/**/b, ab, in",
        "**/foo/bar, x/foo/bar, out",
        "**/foo/bar, foo/bar, out",
        "[a-c].txt, b.txt, out",
        "[^a-c].txt, b.txt, in",
        "[^a-c].txt, d.txt, out",
        "a+b, a+b, out",
        "a+b, aab, in",
        "a.b, axb, in",
        "(x), (x), out",
        "\\*.txt, *.txt, out",
        "\\*.txt, a.txt, in",
        "$HOME, $HOME, out",
    })
    @DisplayName("a pattern fits what it says and no more")
    void patterns(String pattern, String path, String verdict) {
        assertThat(IgnoreRules.parse(pattern).leavesOut(path)).isEqualTo(verdict.equals("out"));
    }

    @Test
    @DisplayName("the last line that fits decides")
    void negation() {
        IgnoreRules rules = IgnoreRules.parse("*.md\n!README*.md\nREADME-secret.md\n");

        assertThat(rules.leavesOut("CHANGES.md")).isTrue();
        assertThat(rules.leavesOut("README.md")).isFalse();
        assertThat(rules.leavesOut("README-secret.md")).isTrue();
    }

    @Test
    @DisplayName("a file is taken back out of a folder that is left out, and so is all below a folder taken back")
    void takenBack() {
        IgnoreRules rules = IgnoreRules.parse("*\n!src/main\n! kept.txt \n");

        assertThat(rules.mayTakeBack()).isTrue();
        assertThat(rules.leavesOut("src/test/A.java")).isTrue();
        assertThat(rules.leavesOut("src")).isTrue();
        assertThat(rules.leavesOut("src/main/deep/A.java")).isFalse();
        assertThat(rules.leavesOut("kept.txt")).isFalse();
    }

    @Test
    @DisplayName("comments, blank lines, a byte order mark and Windows line ends say nothing")
    void layout() {
        IgnoreRules rules = IgnoreRules.parse("\uFEFF# all logs\r\n\r\n  *.log  \r\n.\r\n/\r\n");

        assertThat(rules.leavesOut("a.log")).isTrue();
        assertThat(rules.leavesOut("# all logs")).isFalse();
        assertThat(rules.leavesOut("a.txt")).isFalse();
        assertThat(rules.mayTakeBack()).isFalse();
    }

    @Test
    @DisplayName("what is no pattern is told with its line")
    void malformed() {
        assertThatThrownBy(() -> IgnoreRules.parse("ok\n[a-\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> IgnoreRules.parse("a\\")).isInstanceOf(IllegalArgumentException.class);
    }
}
