package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExecOnProcessTest {

    @TempDir
    Path temp;

    private Bench bench;
    private String id = "";

    @BeforeEach
    void open() {
        bench = new Bench(temp.resolve("state"));
        id = bench.started(
                "web",
                EnvironmentSpec.command("sleep", "1000").env("COLOUR", "blue").secretEnv("PASSWORD", "secret"));
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private ExecResult exec(String... command) {
        return bench.driver.exec(id, ExecSpec.of(command), Bench.soon());
    }

    @Test
    void runsInTheSameDirectoryWithTheSameVariables() {
        ExecResult result = exec("sh", "-c", "pwd; echo $COLOUR $PASSWORD $COFFERDAM_ADDRESS; echo bad >&2; exit 3");

        assertThat(result.exitCode()).isEqualTo(3);
        assertThat(result.stdout().lines().toList().get(0)).endsWith(id + "/root");
        assertThat(result.stdout().lines().toList().get(1)).startsWith("blue secret 127.");
        assertThat(result.stderr()).isEqualTo("bad\n");
    }

    @Test
    void inputIsDeliveredToItsEnd() {
        String text = "x".repeat(3_000_000);

        ExecResult result = bench.driver.exec(id, ExecSpec.of("wc", "-c").withStdin(text), Bench.soon());

        assertThat(result.stdout().strip()).isEqualTo("3000000");
    }

    @Test
    void aCommandThatDoesNotReadItsInputEndsAllTheSame() {
        ExecResult result = bench.driver.exec(id, ExecSpec.of("true").withStdin("x".repeat(3_000_000)), Bench.soon());

        assertThat(result.exitCode()).isZero();
    }

    @Test
    void bothStreamsAreTakenAtOnce() {
        ExecResult result = exec(
                "sh", "-c", "i=0; while [ $i -lt 3000 ]; do printf %0100d $i; printf %0100d $i >&2; i=$((i+1)); done");

        assertThat(result.stdoutBytes()).hasSize(300_000);
        assertThat(result.stderrBytes()).hasSize(300_000);
    }

    @Test
    void whatIsTooMuchIsCountedOnly() {
        ExecResult result = exec("head", "-c", String.valueOf(ExecSpec.CAPTURE_LIMIT + 5), "/dev/zero");

        assertThat(result.truncated()).isTrue();
        assertThat(result.stdoutBytes()).hasSize(ExecSpec.CAPTURE_LIMIT);
    }

    @Test
    void programsThatCannotBeStartedAreExitCodes() {
        assertThat(exec("no-such-program").exitCode()).isEqualTo(127);
        assertThat(exec("no-such-program").stderr()).contains("no-such-program: not found");
        assertThat(exec("/etc/passwd").exitCode()).isEqualTo(126);
    }

    @Test
    void anEndBySignalIs128AndTheSignal() {
        assertThat(exec("sh", "-c", "kill -9 $$").exitCode()).isEqualTo(137);
    }

    @Test
    void atTheDeadlineTheWholeTreeOfTheCommandIsEnded() {
        ExecSpec exec = ExecSpec.of("sh", "-c", "(setsid sleep 2221 &); sleep 2222");

        assertThatThrownBy(() -> bench.driver.exec(id, exec, Deadline.in(Duration.ofMillis(300))))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageContaining("'web'");

        assertThat(ProcessHandle.allProcesses().flatMap(process -> process.info().commandLine().stream()))
                .noneMatch(line -> line.contains("sleep 222"));
    }

    @Test
    void anInterruptEndsTheCommand() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CountDownLatch output = new CountDownLatch(1);
        OutputStream sink = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                output.countDown();
            }
        };
        Thread caller = new Thread(() -> {
            try {
                ExecSpec exec =
                        ExecSpec.of("sh", "-c", "echo up; exec sleep 1000").withStdout(sink);
                bench.driver.exec(id, exec, Bench.soon());
            } catch (CofferdamException e) {
                thrown.complete(Thread.currentThread().isInterrupted() ? e : new AssertionError("no flag", e));
            }
        });
        caller.start();
        output.await();

        caller.interrupt();

        assertThat(thrown.get()).isInstanceOf(OperationInterruptedException.class);
    }

    @Test
    void aCloseEndsTheCommandAndTheCallAsClosedAndNotAsAnExitCode() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        CountDownLatch output = new CountDownLatch(1);
        OutputStream sink = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                output.countDown();
            }
        };
        Bench other = new Bench(temp.resolve("state")).leaving();
        Thread caller = new Thread(() -> {
            try {
                ExecSpec exec =
                        ExecSpec.of("sh", "-c", "echo up; exec sleep 1000").withStdout(sink);
                ExecResult result = other.driver.exec(id, exec, Bench.soon());
                thrown.complete(new AssertionError("ended with " + result));
            } catch (CofferdamException e) {
                thrown.complete(e);
            }
        });
        caller.start();
        output.await();

        other.close();

        assertThat(thrown.get()).isInstanceOf(ClosedException.class);
    }

    @Test
    void aSinkThatThrowsEndsTheCall() {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("the sink is full");
            }
        };
        ExecSpec exec = ExecSpec.of("sh", "-c", "echo up; exec sleep 1000").withStdout(full);

        assertThatThrownBy(() -> bench.driver.exec(id, exec, Bench.soon())).hasMessageContaining("the sink is full");
    }

    @Test
    void somethingLeftInTheBackgroundDoesNotHoldTheCallUp() {
        ExecResult result = exec("sh", "-c", "echo done; sleep 1000 & exit 4");

        assertThat(result.exitCode()).isEqualTo(4);
        assertThat(result.stdout()).isEqualTo("done\n");
    }

    @Test
    void anotherDirectoryIsTakenBelowTheEnvironments() {
        exec("mkdir", "-p", "sub");

        assertThat(bench.driver
                        .exec(id, ExecSpec.of("pwd").withWorkingDirectory("/sub"), Bench.soon())
                        .stdout())
                .endsWith("/root/sub\n");
        assertThatThrownBy(
                        () -> bench.driver.exec(id, ExecSpec.of("pwd").withWorkingDirectory("missing"), Bench.soon()))
                .isInstanceOf(NotFoundException.class);
    }

    @Test
    void execInAStoppedOrPausedEnvironmentIsRefused() {
        bench.driver.pause(id, Bench.soon());
        assertThatThrownBy(() -> exec("true")).isInstanceOf(WrongStateException.class);
        bench.stop(id);
        assertThatThrownBy(() -> exec("true"))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("start it first");
    }
}
