package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Commands run inside. */
abstract class ExecCases extends Cases {

    @Test
    @DisplayName("exec: exit code, standard output and standard error apart")
    void result() {
        ExecResult result = idle("web").exec("sh", "-c", "echo out; echo err >&2; exit 3");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.succeeded()).isFalse();
        assertThat(result.stdout()).isEqualTo("out\n");
        assertThat(result.stderr()).isEqualTo("err\n");
        assertThat(result.truncated()).isFalse();
    }

    @Test
    @DisplayName("exec: no shell is put in between; arguments arrive as they are")
    void noShell() {
        ExecResult result = idle("web").exec("printf", "<%s>", "a b", "$HOME", "", "*", "ä'\"\n");

        assertThat(result.stdout()).isEqualTo("<a b><$HOME><><*><ä'\"\n>");
    }

    @Test
    @DisplayName("exec: without input the command sees its end at once")
    void noInput() {
        assertThat(idle("web").exec("cat").stdout()).isEmpty();
    }

    @Test
    @DisplayName("withStdin: the command sees the input, then its end")
    void input() {
        ExecResult result =
                idle("web").exec(ExecSpec.of("sh", "-c", "cat; echo end").withStdin("größer\n"));

        assertThat(result.stdout()).isEqualTo("größer\nend\n");
    }

    @Test
    @DisplayName("withStdin: several MiB go in and come out byte for byte")
    void muchInput() {
        byte[] input = random(5 * 1024 * 1024 + 17);

        ExecResult result = idle("web").exec(ExecSpec.of("cat").withStdin(new ByteArrayInputStream(input)));

        assertThat(result.exitCode()).isZero();
        assertThat(result.stdoutBytes()).isEqualTo(input);
    }

    @Test
    @DisplayName("withStdin: a command that does not read all of its input still ends")
    void unreadInput() {
        ExecResult result = idle("web")
                .exec(ExecSpec.of("head", "-c", "3").withStdin(new ByteArrayInputStream(random(3 * 1024 * 1024))));

        assertThat(result.stdoutBytes()).hasSize(3);
        assertThat(result.exitCode()).isZero();
    }

    @Test
    @DisplayName("exec: much output on both streams at once blocks nothing and loses nothing")
    void muchOutput() {
        ExecResult result =
                idle("web").exec("sh", "-c", "head -c 3000000 /dev/zero & head -c 2000000 /dev/zero >&2; wait");

        assertThat(result.stdoutBytes()).hasSize(3_000_000);
        assertThat(result.stderrBytes()).hasSize(2_000_000);
    }

    @Test
    @DisplayName("CAPTURE_LIMIT: what is longer is cut, and the result says so")
    void captureLimit() {
        int bytes = ExecSpec.CAPTURE_LIMIT + 100_000;

        ExecResult result = idle("web").exec("sh", "-c", "head -c " + bytes + " /dev/zero; exit 4");

        assertThat(result.truncated()).isTrue();
        assertThat(result.stdoutBytes()).hasSize(ExecSpec.CAPTURE_LIMIT);
        assertThat(result.exitCode()).isEqualTo(4);
    }

    @Test
    @DisplayName("withStdout, withStderr: sinks take the bytes instead of the result")
    void sinks() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();

        ExecResult result = idle("web")
                .exec(ExecSpec.of("sh", "-c", "echo out; echo err >&2")
                        .withStdout(out)
                        .withStderr(err));

        assertThat(result.stdout()).isEmpty();
        assertThat(result.stderr()).isEmpty();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("out\n");
        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("err\n");
    }

    @Test
    @DisplayName("withStdout: a sink that throws ends the call with that error")
    void aSinkThatThrows() {
        IOException failure = new IOException("the disk of the caller is full");
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw failure;
            }
        };
        IsolatedEnvironment environment = idle("web");

        assertThatThrownBy(() -> environment.exec(ExecSpec.of("echo", "x").withStdout(full)))
                .satisfies(thrown -> assertThat(Stream.iterate(thrown, each -> each != null, Throwable::getCause)
                                .toList())
                        .contains(failure));
    }

    @Test
    @DisplayName("exec: has the environment's variables, and withEnv adds to them and goes before them")
    void variables() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", IDLE)
                        .env("A", "1")
                        .env("B", "1")
                        .readyWhen(Readiness.running())
                        .build());

        ExecResult result = environment.exec(
                ExecSpec.of("sh", "-c", "echo $A$B$C").withEnv("B", "2").withEnv("C", "3 $A"));

        assertThat(result.stdout()).isEqualTo("123 $A\n");
    }

    @Test
    @DisplayName("withWorkingDirectory: runs there")
    void workingDirectory() {
        IsolatedEnvironment environment = idle("web");
        sh(environment, "mkdir -p some/where");
        String home = sh(environment, "pwd").strip();

        ExecResult result = environment.exec(ExecSpec.of("pwd").withWorkingDirectory("/some/where"));

        assertThat(result.stdout().strip()).isEqualTo(home.equals("/") ? "/some/where" : home + "/some/where");
    }

    @Test
    @DisplayName("withUser: runs as that user, where the engine can")
    void user() {
        IsolatedEnvironment environment = idle("web");
        ExecSpec id = ExecSpec.of("id", "-u").withUser("65534");
        if (!has(Capability.USER_SWITCH)) {
            assertRefused(Capability.USER_SWITCH, () -> environment.exec(id));
            return;
        }

        assertThat(environment.exec(id).stdout()).isEqualTo("65534\n");
    }

    @Test
    @DisplayName("exec: 127 for a program that does not exist, with the reason on the standard error")
    void noSuchProgram() {
        ExecResult result = idle("web").exec("no-such-program-anywhere");

        assertThat(result.exitCode()).isEqualTo(127);
        assertThat(result.stderr()).contains("no-such-program-anywhere");
    }

    @Test
    @DisplayName("exec: 126 for a file that cannot be executed")
    void notExecutable() {
        IsolatedEnvironment environment = idle("web");
        sh(environment, "echo text > plain; chmod 644 plain");

        ExecResult result = environment.exec("./plain");

        assertThat(result.exitCode()).isEqualTo(126);
        assertThat(result.stderr()).isNotBlank();
    }

    @Test
    @DisplayName("exec: 128 + n for an end by signal n")
    void endBySignal() {
        assertThat(idle("web").exec("sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    @DisplayName("withTimeout: a typed timeout; the environment goes on")
    void timeout() {
        IsolatedEnvironment environment = idle("web");
        long begin = System.nanoTime();

        assertThatThrownBy(() -> environment.exec(ExecSpec.of("sleep", "600").withTimeout(Duration.ofMillis(400))))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageContaining(name("web"));

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isBetween(Duration.ofMillis(399), LENIENCE);
        assertThat(environment.exec("true").succeeded()).isTrue();
    }

    @Test
    @DisplayName("withTimeout: holds although output keeps coming")
    void timeoutDuringOutput() {
        IsolatedEnvironment environment = idle("web");
        long begin = System.nanoTime();

        assertThatThrownBy(() -> environment.exec(ExecSpec.of("sh", "-c", "while :; do echo x; sleep 0.01; done")
                        .withTimeout(Duration.ofMillis(400))))
                .isInstanceOf(OperationTimeoutException.class);

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LENIENCE);
    }

    @Test
    @DisplayName("exec: an interrupt ends the call and leaves the flag set; the environment goes on")
    void interrupt() {
        IsolatedEnvironment environment = idle("web");
        Running<Boolean> running = begin(() -> {
            assertThatThrownBy(() -> environment.exec("sh", "-c", "touch begun; sleep 600"))
                    .isInstanceOf(OperationInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        eventually(
                "the command runs",
                () -> environment.exec("test", "-f", "begun").succeeded());

        running.interrupt();

        assertThat(running.result()).isTrue();
        assertThat(environment.exec("true").succeeded()).isTrue();
    }

    @Test
    @DisplayName("exec: a wrong state if the environment does not run")
    void notRunning() {
        IsolatedEnvironment environment =
                environments().create(shell("web", IDLE).build());
        assertThatThrownBy(() -> environment.exec("true"))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name("web"));

        environment.start();
        environment.stop();

        assertThatThrownBy(() -> environment.exec("true")).isInstanceOf(WrongStateException.class);
    }

    @Test
    @DisplayName("exec: many at once do not mix their output")
    void manyAtOnce() {
        IsolatedEnvironment environment = idle("web");

        List<String> answers = inParallel(IntStream.range(0, 10)
                .<Callable<String>>mapToObj(i -> () -> environment
                        .exec(ExecSpec.of("sh", "-c", "cat; echo " + i).withStdin("in " + i + " "))
                        .stdout())
                .toList());

        assertThat(answers)
                .isEqualTo(IntStream.range(0, 10)
                        .mapToObj(i -> "in " + i + " " + i + "\n")
                        .toList());
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(42).nextBytes(bytes);
        return bytes;
    }
}
