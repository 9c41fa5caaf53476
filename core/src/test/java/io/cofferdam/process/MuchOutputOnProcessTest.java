package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Much output of one process. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands run inside are those of a POSIX system")
@Timeout(240)
class MuchOutputOnProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(180);
    private static final int STREAM_BYTES = 100 * 1024 * 1024;

    /** Characters of one to four bytes, so that pieces end in the middle of some. */
    private static final String OUT = "aßc→𝄞 the quick brown fox jumps over the lazy dog ".repeat(20) + "x";

    private static final String ERR = "→𝄞ß stderr is another stream ".repeat(33) + "yz";

    @TempDir
    Path state;

    @Test
    @DisplayName("200 MiB on both streams at once: a copy afterwards has every byte, in order")
    void everyByte() throws Exception {
        EngineConfig config = EngineConfig.builder()
                .stateDirectory(state)
                .option("process.log.limit", "256m")
                .build();
        try (Orchestrator engine = new ProcessProvider().open(config);
                IsolatedEnvironment environment = engine.environments()
                        .run(EnvironmentSpec.builder()
                                .name("much")
                                .withCommand(
                                        "sh",
                                        "-c",
                                        "yes \"$ERR\" | head -c " + STREAM_BYTES + " >&2 & yes \"$OUT\" | head -c "
                                                + STREAM_BYTES + "; wait")
                                .env("OUT", OUT)
                                .env("ERR", ERR)
                                .readyWhen(Readiness.running())
                                .build())) {
            assertThat(environment.awaitExit(PATIENCE)).isZero();
            MessageDigest out = MessageDigest.getInstance("SHA-256");
            MessageDigest err = MessageDigest.getInstance("SHA-256");

            environment.copyLogs(
                    LogQuery.all(),
                    new DigestOutputStream(OutputStream.nullOutputStream(), out),
                    new DigestOutputStream(OutputStream.nullOutputStream(), err));

            assertThat(out.digest()).as(LogLine.Stream.STDOUT.toString()).isEqualTo(expected(OUT));
            assertThat(err.digest()).as(LogLine.Stream.STDERR.toString()).isEqualTo(expected(ERR));
        }
    }

    private static byte[] expected(String line) throws NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        for (int left = STREAM_BYTES; left > 0; left -= bytes.length) {
            digest.update(bytes, 0, Math.min(left, bytes.length));
        }
        return digest.digest();
    }
}
