package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.AttachSpec;
import io.cofferdam.environment.Attachment;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSession;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.TerminalSize;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.DigestInputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Conversations with commands and main processes while they run. */
abstract class TalkCases extends Cases {

    private static final long MUCH = 64L * 1024 * 1024;
    private static final TerminalSize SIZE = new TerminalSize(101, 37);

    @Test
    @DisplayName("startExec: what is written is answered at once; closing the input ends the command")
    void dialogue() {
        Sink out = new Sink();
        try (ExecSession session = idle("web")
                .startExec(ExecSpec.of("sh", "-c", "while read -r line; do echo \"got $line\"; done; echo over; exit 7")
                        .withStdout(out))) {
            write(session.stdin(), "one\n");
            eventually("the answer to the first line came", () -> out.text().equals("got one\n"));
            write(session.stdin(), "two\n");
            eventually("the answer to the second line came", () -> out.text().endsWith("got two\n"));
            close(session.stdin());

            assertThat(session.await(patience()).exitCode()).isEqualTo(7);
        }
        assertThat(out.text()).isEqualTo("got one\ngot two\nover\n");
    }

    @Test
    @DisplayName("startExec: without sinks the output is in the result, each stream apart")
    void captured() {
        try (ExecSession session = idle("web").startExec(ExecSpec.of("sh", "-c", "cat; echo error >&2"))) {
            write(session.stdin(), "Zoë");
            close(session.stdin());

            ExecResult result = session.await(patience());

            assertThat(result.stdout()).isEqualTo("Zoë");
            assertThat(result.stderr()).isEqualTo("error\n");
        }
    }

    @Test
    @DisplayName("startExec, await: a typed timeout, after which the command goes on; close ends it")
    void awaitAndClose() {
        IsolatedEnvironment environment = idle("web");
        ExecSession session = environment.startExec(
                ExecSpec.of("sh", "-c", "echo $$ > pid; while :; do sleep 0.05; echo x >> ticks; done"));
        eventually("it ticks", () -> environment.exec("test", "-s", "ticks").succeeded());

        assertThatThrownBy(() -> session.await(Duration.ofMillis(50))).isInstanceOf(OperationTimeoutException.class);
        sh(environment, "kill -0 $(cat pid)");
        session.close();

        eventually(
                "the command was ended",
                () -> environment
                                .exec("sh", "-c", "kill -0 $(cat pid) 2>/dev/null")
                                .exitCode()
                        != 0);
        assertThatThrownBy(() -> session.stdin().write(1)).isInstanceOf(IOException.class);
    }

    @Test
    @DisplayName("startExec: a wrong state if the environment does not run, told at once")
    void notRunning() {
        IsolatedEnvironment environment = idle("web");
        environment.stop();

        assertThatThrownBy(() -> environment.startExec(ExecSpec.of("cat")))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name("web"));
    }

    @Test
    @DisplayName("withStdin: 64 MiB go through cat byte for byte")
    void muchThroughACommand() {
        IsolatedEnvironment environment = idle("web");
        Random64 input = new Random64();
        DigestInputStream counted = new DigestInputStream(input, sha256());
        MessageDigest received = sha256();

        ExecResult result = environment.exec(ExecSpec.of("cat")
                .withStdin(counted)
                .withStdout(new DigestOutputStream(OutputStream.nullOutputStream(), received))
                .withTimeout(patience().multipliedBy(2)));

        assertThat(result.exitCode()).isZero();
        assertThat(received.digest()).isEqualTo(counted.getMessageDigest().digest());
        assertThat(input.left).isZero();
    }

    @Test
    @DisplayName("attach: 64 MiB go through the main process byte for byte, and it sees the end of its input")
    void muchThroughTheMainProcess() {
        EnvironmentSpec spec = shell("web", "cat; echo over >&2")
                .openStdin()
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.ATTACH)) {
            assertRefused(Capability.ATTACH, spec);
            return;
        }
        IsolatedEnvironment environment = environments().create(spec);
        DigestInputStream counted = new DigestInputStream(new Random64(), sha256());
        MessageDigest received = sha256();
        Sink errors = new Sink();
        try (Attachment attachment = environment.attach(
                AttachSpec.output(new DigestOutputStream(OutputStream.nullOutputStream(), received), errors)
                        .withInput(counted))) {
            environment.start();

            assertThat(attachment.awaitEnd(patience().multipliedBy(2))).isTrue();
        }
        assertThat(environment.awaitExit(patience())).isZero();
        assertThat(received.digest()).isEqualTo(counted.getMessageDigest().digest());
        assertThat(errors.text()).isEqualTo("over\n");
    }

    @Test
    @DisplayName("attach: a dialogue with the main process; another attachment sees its output as well")
    void dialogueWithTheMainProcess() {
        if (!has(Capability.ATTACH)) {
            IsolatedEnvironment environment = idle("web");
            assertRefused(
                    Capability.ATTACH,
                    () -> environment.attach(AttachSpec.output(OutputStream.nullOutputStream(), new Sink())));
            return;
        }
        IsolatedEnvironment environment = environments()
                .run(shell("web", "while read -r line; do echo \"got $line\"; done; exit 5")
                        .openStdin()
                        .readyWhen(Readiness.running())
                        .build());
        Sink out = new Sink();
        Sink copy = new Sink();
        try (Attachment watching = environment.attach(AttachSpec.output(copy, copy));
                Attachment attachment =
                        environment.attach(AttachSpec.output(out, out).withInput())) {
            assertThatThrownBy(watching::stdin).isInstanceOf(IllegalStateException.class);
            write(attachment.stdin(), "one\n");
            eventually("the answer came", () -> out.text().equals("got one\n"));
            eventually("the other saw it", () -> copy.text().equals("got one\n"));
            assertThat(attachment.awaitEnd(Duration.ofMillis(50))).isFalse();
            close(attachment.stdin());

            assertThat(environment.awaitExit(patience())).isEqualTo(5);
            assertThat(attachment.awaitEnd(patience())).isTrue();
            assertThat(watching.awaitEnd(patience())).isTrue();
        }
        assertThat(stdout(environment)).containsExactly("got one");
    }

    @Test
    @DisplayName("attach: input is refused where the specification opened none; close leaves the main process alone")
    void withoutInput() {
        if (!has(Capability.ATTACH)) {
            assertRefused(Capability.ATTACH, shell("web", IDLE).openStdin().build());
            return;
        }
        IsolatedEnvironment environment = idle("web");
        assertThatThrownBy(() -> environment.attach(
                        AttachSpec.output(new Sink(), new Sink()).withInput()))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("openStdin()");

        environment.attach(AttachSpec.output(new Sink(), new Sink())).close();

        assertThat(environment.status().state().isAlive()).isTrue();
        environment.stop();
        assertThatThrownBy(() -> environment.attach(AttachSpec.output(new Sink(), new Sink())))
                .isInstanceOf(WrongStateException.class);
    }

    @Test
    @DisplayName("withTerminal: the command has one of that size, which can be changed")
    void terminalOfACommand() {
        IsolatedEnvironment environment = idle("web");
        Sink out = new Sink();
        ExecSpec spec = ExecSpec.of(
                        "sh", "-c", "test -t 0 && test -t 1 && echo terminal; while read -r line; do stty size; done")
                .withStdout(out)
                .withTerminal(SIZE);
        if (!has(Capability.TERMINAL)) {
            assertRefused(Capability.TERMINAL, () -> environment.startExec(spec));
            assertRefused(Capability.TERMINAL, () -> environment.exec(spec));
            return;
        }
        try (ExecSession session = environment.startExec(spec)) {
            eventually("it has a terminal", () -> out.text().contains("terminal"));
            eventually("it has its size", () -> {
                write(session.stdin(), "\n");
                return out.text().contains("37 101");
            });
            session.resize(new TerminalSize(80, 25));
            eventually("it has another size", () -> {
                write(session.stdin(), "\n");
                return out.text().contains("25 80");
            });
            write(session.stdin(), "\u0004");
            assertThat(session.await(patience()).exitCode()).isNotNegative();
        }
    }

    @Test
    @DisplayName("terminal: the main process has one, whose size an attachment changes")
    void terminalOfTheMainProcess() {
        EnvironmentSpec spec = shell("web", "test -t 1 && echo terminal; while read -r line; do stty size; done")
                .openStdin()
                .terminal()
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.TERMINAL)) {
            assertRefused(Capability.TERMINAL, shell("web", IDLE).terminal().build());
            return;
        }
        if (!has(Capability.ATTACH)) {
            assertRefused(Capability.ATTACH, spec);
            IsolatedEnvironment alone = environments()
                    .run(shell("alone", "test -t 1 && echo terminal")
                            .terminal()
                            .readyWhen(Readiness.running())
                            .build());
            alone.awaitExit(patience());
            assertThat(alone.logs()).extracting(LogLine::text).containsExactly("terminal");
            return;
        }
        IsolatedEnvironment environment = environments().create(spec);
        Sink out = new Sink();
        try (Attachment attachment =
                environment.attach(AttachSpec.output(out, out).withInput())) {
            environment.start();
            eventually("it has a terminal", () -> out.text().contains("terminal"));
            attachment.resize(SIZE);
            eventually("it has another size", () -> {
                write(attachment.stdin(), "\n");
                return out.text().contains("37 101");
            });
        }
        assertThat(environment.logs().get(0).text()).isEqualTo("terminal");
    }

    private static void write(OutputStream to, String text) {
        try {
            to.write(text.getBytes(StandardCharsets.UTF_8));
            to.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void close(OutputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }

    /** Collects what is written and can be read meanwhile. */
    private static final class Sink extends ByteArrayOutputStream {
        String text() {
            return toString(StandardCharsets.UTF_8);
        }
    }

    /** 64 MiB of noise that need no memory. */
    private static final class Random64 extends InputStream {
        private final Random random = new Random(64);
        private long left = MUCH;

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            byte[] some = new byte[(int) Math.min(left, length)];
            random.nextBytes(some);
            System.arraycopy(some, 0, bytes, offset, some.length);
            left -= some.length;
            return some.length;
        }
    }
}
