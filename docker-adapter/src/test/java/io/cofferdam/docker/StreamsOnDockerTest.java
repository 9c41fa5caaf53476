package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Much output, and connections that break in the middle of it. */
@OnDocker
class StreamsOnDockerTest {

    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final int STREAM_BYTES = 100 * 1024 * 1024;

    /** Characters of one to four bytes, so that frames end in the middle of some. */
    private static final String OUT = "aßc→𝄞 the quick brown fox jumps over the lazy dog ".repeat(20) + "x";

    private static final String ERR = "→𝄞ß stderr is another stream ".repeat(33) + "yz";

    @Test
    @DisplayName("200 MiB on both streams at once: a live follower and a copy afterwards have every byte, in order")
    void everyByte() {
        try (Docker docker = new Docker();
                Orchestrator engine = new DockerProvider().open(EngineConfig.defaults());
                IsolatedEnvironment environment = engine.environments()
                        .create(EnvironmentSpec.image(Docker.BUSYBOX)
                                .name(docker.run + "-much")
                                .withCommand(
                                        "sh",
                                        "-c",
                                        "yes \"$ERR\" | head -c " + STREAM_BYTES + " >&2 & yes \"$OUT\" | head -c "
                                                + STREAM_BYTES + "; wait")
                                .env("OUT", OUT)
                                .env("ERR", ERR)
                                .readyWhen(Readiness.running())
                                .build())) {
            environment.start();
            Map<LogLine.Stream, MessageDigest> live = new EnumMap<>(LogLine.Stream.class);
            live.put(LogLine.Stream.STDOUT, sha256());
            live.put(LogLine.Stream.STDERR, sha256());
            try (LogFollower follower = environment.follow(LogQuery.all(), line -> {
                MessageDigest digest = live.get(line.stream());
                digest.update(line.text().getBytes(StandardCharsets.UTF_8));
                if (line.complete()) {
                    digest.update((byte) '\n');
                }
            })) {
                assertThat(environment.awaitExit(PATIENCE)).isZero();
                assertThat(follower.awaitEnd(PATIENCE)).isTrue();
            }
            MessageDigest out = sha256();
            MessageDigest err = sha256();
            environment.copyLogs(
                    LogQuery.all(),
                    new DigestOutputStream(OutputStream.nullOutputStream(), out),
                    new DigestOutputStream(OutputStream.nullOutputStream(), err));

            byte[] expectedOut = expected(OUT);
            byte[] expectedErr = expected(ERR);
            assertThat(out.digest()).as("standard output, copied").isEqualTo(expectedOut);
            assertThat(err.digest()).as("standard error, copied").isEqualTo(expectedErr);
            // The last character may be cut in two, which a line cannot show; the texts are chosen so that none is.
            assertThat(live.get(LogLine.Stream.STDOUT).digest())
                    .as("standard output, live")
                    .isEqualTo(expectedOut);
            assertThat(live.get(LogLine.Stream.STDERR).digest())
                    .as("standard error, live")
                    .isEqualTo(expectedErr);
        }
    }

    @Test
    @DisplayName("a connection that is cut in the middle of following costs no line and repeats none")
    void cutConnections() throws Exception {
        try (Docker docker = new Docker();
                RecordingProxy proxy = new RecordingProxy(docker.driver);
                Orchestrator engine = new DockerProvider()
                        .open(EngineConfig.builder().host(proxy.address()).build());
                IsolatedEnvironment environment = engine.environments()
                        .create(EnvironmentSpec.image(Docker.BUSYBOX)
                                .name(docker.run + "-cut")
                                .withCommand(
                                        "sh",
                                        "-c",
                                        "i=0; while [ $i -lt 6000 ]; do echo $i; [ $((i%300)) = 0 ] && sleep 0.05;"
                                                + " i=$((i+1)); done")
                                .readyWhen(Readiness.running())
                                .build())) {
            environment.start();
            List<String> seen = new CopyOnWriteArrayList<>();
            try (LogFollower follower = environment.follow(LogQuery.all(), line -> {
                seen.add(line.text());
                if (seen.size() % 700 == 0) {
                    proxy.cut();
                }
            })) {
                assertThat(follower.awaitEnd(PATIENCE)).isTrue();
            }
            assertThat(seen)
                    .isEqualTo(
                            IntStream.range(0, 6000).mapToObj(Integer::toString).toList());
            assertThat(proxy.requests.stream()
                            .filter(request -> request.contains("follow=1"))
                            .count())
                    .as("readings of the log")
                    .isGreaterThan(3);
        }
    }

    private static byte[] expected(String line) {
        MessageDigest digest = sha256();
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        int left = STREAM_BYTES;
        while (left > 0) {
            int part = Math.min(left, bytes.length);
            digest.update(bytes, 0, part);
            left -= part;
        }
        return digest.digest();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException everyPlatformHasIt) {
            throw new IllegalStateException(everyPlatformHasIt);
        }
    }
}
