package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import java.io.ByteArrayOutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a program is given: variables, secrets, directory, user. */
abstract class VariableCases extends Cases {

    private static final String SECRET = "s3cr3t-hunter2";

    @ParameterizedTest
    @DisplayName("env: a value arrives as it is, in the main process and in commands run inside")
    @ValueSource(
            strings = {
                "plain",
                "",
                " leading and trailing ",
                "single ' and double \" quotes",
                "$HOME `id` $(id) \\ \\n %s ; & | > *",
                "two\nlines\n",
                "tab\tand\rreturn",
                "größer 日本語 😀",
                "a=b=c",
                "--flag"
            })
    void values(String value) {
        boolean apart = has(Capability.LOG_STREAMS);
        IsolatedEnvironment environment = environments()
                .run(shell("job", "printf '%s\\n' \"$VALUE\"; echo done" + (apart ? " >&2; " : "; ") + IDLE)
                        .env("VALUE", value)
                        .readyWhen(Readiness.log("^done$"))
                        .build());

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        environment.copyLogs(LogQuery.all(), written, new ByteArrayOutputStream());
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo(value + "\n" + (apart ? "" : "done\n"));
        assertThat(sh(environment, "printf '%s' \"$VALUE\"")).isEqualTo(value);
    }

    @Test
    @DisplayName("env: an empty variable is set, a missing one is not")
    void emptyIsNotMissing() {
        IsolatedEnvironment environment = environments()
                .run(shell("job", IDLE)
                        .env("EMPTY", "")
                        .readyWhen(Readiness.running())
                        .build());

        assertThat(sh(environment, "echo ${EMPTY-missing}:${OTHER-missing}")).isEqualTo(":missing\n");
    }

    @Test
    @DisplayName("secretEnv: reaches the environment, but no toString, label, status, event or error")
    void secrets() {
        Recorder events = record();
        EnvironmentSpec spec = shell("job", "echo ${#TOKEN} characters; exit 3")
                .secretEnv("TOKEN", SECRET)
                .readyWhen(Readiness.log("never"))
                .build();
        IsolatedEnvironment environment = environments().create(spec);

        Throwable failure = catchThrowable(environment::start);

        assertThat(stdout(environment)).containsExactly(SECRET.length() + " characters");
        assertThat(environment.spec().env()).containsEntry("TOKEN", SECRET);
        assertThat(environment.spec().toString()).contains("TOKEN").doesNotContain(SECRET);
        assertThat(environment.toString()).doesNotContain(SECRET);
        assertThat(environment.status().toString()).doesNotContain(SECRET);
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        assertThat(trace.toString()).contains(name("job")).doesNotContain(SECRET);
        events.await(EnvironmentEvent.Exited.class, name("job"));
        assertThat(events.of(name("job")).toString()).doesNotContain(SECRET);
    }

    @Test
    @DisplayName(
            "workingDirectory: made where it is missing, relative to the environment's own; commands run there too")
    void workingDirectory() {
        IsolatedEnvironment environment = environments()
                .run(shell("job", "pwd; " + IDLE)
                        .workingDirectory("deep/down")
                        .readyWhen(Readiness.log("."))
                        .build());

        assertThat(stdout(environment)).singleElement().asString().endsWith("/deep/down");
        assertThat(sh(environment, "pwd").strip()).endsWith("/deep/down");
        assertThat(environment.exec("true").succeeded()).isTrue();
    }

    @Test
    @DisplayName("user: the main process and commands run as that user")
    void user() {
        EnvironmentSpec spec = shell("job", "id -u; " + IDLE)
                .user("65534")
                .readyWhen(Readiness.log("."))
                .build();
        if (!has(Capability.USER_SWITCH)) {
            assertRefused(Capability.USER_SWITCH, spec);
            return;
        }

        IsolatedEnvironment environment = environments().run(spec);

        assertThat(stdout(environment)).containsExactly("65534");
        assertThat(sh(environment, "id -u")).isEqualTo("65534\n");
    }

    @Test
    @DisplayName("withCommand: arguments arrive as they are")
    void arguments() {
        IsolatedEnvironment environment = environments()
                .run(shell("job", IDLE)
                        .withCommand(
                                "sh",
                                "-c",
                                "for a; do printf '<%s>' \"$a\"; done",
                                "sh",
                                "",
                                "a b",
                                "'\"$X`",
                                "日本",
                                "\n")
                        .readyWhen(Readiness.running())
                        .build());
        environment.awaitExit(patience());

        ByteArrayOutputStream written = new ByteArrayOutputStream();
        environment.copyLogs(LogQuery.all(), written, written);
        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("<><a b><'\"$X`><日本><\n>");
    }
}
