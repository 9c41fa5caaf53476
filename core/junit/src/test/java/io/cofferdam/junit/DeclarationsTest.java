package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes in what tests declare: named all at once, with what to do. */
class DeclarationsTest extends Cases {

    @Override
    String engine() {
        return "process";
    }

    @ParameterizedTest
    @CsvSource({"orderDatabase, order-database", "ORDER_DATABASE, order-database", "db, db", "s3, s3", "webV2, web-v2"})
    void names(String field, String name) {
        assertThat(Declarations.hyphenated(field)).isEqualTo(name);
    }

    @CofferdamTest
    static class Mistaken {
        @Environment
        static final EnvironmentSpec NOTHING = null;

        @Environment
        static IsolatedEnvironment says;

        @Environment(pool = 2)
        static final EnvironmentSpec POOLED = Samples.says("x");

        @Environment(reset = Reset.DATA)
        static final EnvironmentSpec FORGETFUL = Samples.says("x");

        @Environment(reuse = "1h")
        static final EnvironmentSpec LATER = Samples.says("x");

        @Environment(name = "later")
        static final EnvironmentSpec TWICE = Samples.says("x");

        @Environment(image = "a", env = "B")
        static URI withoutValue;

        @Environment(scope = Scope.CLASS)
        final EnvironmentSpec ofAnInstance = Samples.says("x");

        @Test
        void test() {}
    }

    @Test
    @DisplayName("every mistake of a class is told at once, with its field")
    void everyMistake() {
        assertThat(failure(run(Mistaken.class)))
                .hasMessageContainingAll(
                        "NOTHING", "says", "POOLED", "FORGETFUL", "LATER", "TWICE", "withoutValue", "ofAnInstance");
    }

    @CofferdamTest
    static class Circle {
        @Environment(dependsOn = "two")
        static final EnvironmentSpec ONE = Samples.says("x");

        @Environment(dependsOn = {"one", "three"})
        static final EnvironmentSpec TWO = Samples.says("x");

        @Environment(scope = Scope.RUN, dependsOn = "one")
        static final EnvironmentSpec SHARED = Samples.says("x");

        @Test
        void test() {}
    }

    @Test
    @DisplayName("dependencies that lead nowhere, in a circle or to what ends before")
    void dependencies() {
        assertThat(failure(run(Circle.class)))
                .hasMessageContainingAll("'three'", "depends on itself", "ends before", "there are one, shared");
    }

    @CofferdamTest
    static class Unclear {
        @Environment
        static final EnvironmentSpec ONE = Samples.says("x");

        @Environment
        static final EnvironmentSpec OTHER = Samples.says("x");

        @Test
        void test(IsolatedEnvironment which) {}
    }

    @Test
    @DisplayName("an injection that does not say which environment is told the names")
    void unclear() {
        assertThat(failure(run(Unclear.class)))
                .hasMessageContaining("which of 2 environments")
                .hasMessageContaining("one, other");
    }

    @CofferdamTest
    static class WithoutPort {
        @Environment
        static final EnvironmentSpec ONE = Samples.says("x");

        @Test
        void test(@From URI uri) {}
    }

    @CofferdamTest
    static class StrangeType {
        @Environment
        static final EnvironmentSpec ONE = Samples.shell("echo x; sleep 600")
                .port(Samples.PORT)
                .readyWhen(io.cofferdam.environment.Readiness.log("x"))
                .build();

        @Test
        void test(@From Thread thread) {}
    }

    @Test
    @DisplayName("what cannot be injected is told with what can")
    void impossible() {
        assertThat(failure(run(WithoutPort.class))).rootCause().hasMessageContaining("publishes no port");
        assertThat(failure(run(StrangeType.class))).rootCause().hasMessageContainingAll("java.lang.Thread", "URI");
    }

    @CofferdamTest
    static class Both {
        @RegisterExtension
        static final CofferdamExtension EXTENSION = CofferdamExtension.builder().build();

        @Test
        void test() {}
    }

    static class TooLate {
        @RegisterExtension
        final CofferdamExtension extension = CofferdamExtension.builder().build();

        @Environment
        static final EnvironmentSpec ONE = Samples.says("x");

        @Test
        void test() {}
    }

    @Test
    @DisplayName("an extension that is registered twice, or too late for the class")
    void registration() {
        assertThat(failure(run(Both.class))).hasMessageContaining("more than one extension");
        assertThat(failure(run(TooLate.class))).hasMessageContaining("static field");
    }

    @Test
    @DisplayName("settings that are wrong are told all at once")
    void settings() {
        Throwable failure = failure(run(
                Map.of(
                        "cofferdam.timeout.start", "soon",
                        "cofferdam.pull", "perhaps",
                        "cofferdam.images", "postgres",
                        "cofferdam.required", "yes"),
                Unclear.class));

        assertThat(failure).hasMessageContainingAll("'soon'", "'perhaps'", "'postgres'", "'yes'");
    }
}
