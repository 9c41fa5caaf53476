package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Followers that outlive a run. */
abstract class FollowCases extends Cases {

    /** Counts its runs, writes many lines at once, so that some have the same time, and ends with a line of its own. */
    private static final String NUMBERED = "n=$(cat kept/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > kept/n; "
            + "trap 'echo end $n; exit 0' TERM; i=0; while [ $i -lt 300 ]; do echo $n.$i; i=$((i+1)); done; "
            + "echo err $n >&2; touch up; sleep 3600 & wait";

    @Test
    @DisplayName("acrossRestarts: goes on over stop and start, without gap or repetition, until it is removed")
    void stopAndStart() {
        IsolatedEnvironment environment = environments().run(numbered("web"));
        List<String> seen = new CopyOnWriteArrayList<>();
        try (LogFollower follower = follow(environment, LogQuery.all().acrossRestarts(), seen)) {
            for (int run = 1; run <= 3; run++) {
                String last = "err " + run;
                eventually("run " + run + " has written", () -> seen.contains(last));
                environment.restart();
            }
            eventually("the last run has written", () -> seen.contains("err 4"));
            assertThat(follower.awaitEnd(Duration.ofMillis(50))).isFalse();
            environment.stop();
            assertThat(follower.awaitEnd(Duration.ofMillis(50))).isFalse();
            eventually("its end was told", () -> seen.contains("end 4"));

            environment.remove();

            assertThat(follower.awaitEnd(patience())).isTrue();
        }
        assertThat(seen).doesNotHaveDuplicates();
        assertThat(ofStdout(seen)).isEqualTo(expected(4));
    }

    @Test
    @DisplayName("follow: without acrossRestarts it ends with the run")
    void endsWithTheRun() {
        IsolatedEnvironment environment = environments().run(numbered("web"));
        List<String> seen = new CopyOnWriteArrayList<>();
        try (LogFollower follower = follow(environment, LogQuery.all(), seen)) {
            environment.stop();
            assertThat(follower.awaitEnd(patience())).isTrue();
        }
        assertThat(ofStdout(seen)).isEqualTo(expected(1));
    }

    @Test
    @DisplayName("acrossRestarts: goes on when its restart policy starts it again")
    void byRestartPolicy() {
        IsolatedEnvironment environment = environments()
                .run(keeping(
                                "web",
                                "n=$(cat kept/n 2>/dev/null || echo 0); n=$((n+1)); echo $n > kept/n; echo run $n; "
                                        + "printf 'part '; echo err $n >&2; exit 3")
                        .restart(RestartPolicy.onFailure(3))
                        .readyWhen(Readiness.running())
                        .build());
        List<LogLine> seen = new CopyOnWriteArrayList<>();
        try (LogFollower follower = environment.follow(LogQuery.all().acrossRestarts(), seen::add)) {
            assertThat(environment.awaitExit(patience())).isEqualTo(3);
            if (!has(Capability.LOG_STREAMS)) {
                eventually("the last run was told", () -> bothOf(seen, 4) && bothOf(seen, 3));
                assertThat(follower.awaitEnd(Duration.ofMillis(50))).isFalse();
                assertThat(bothOf(seen, 1) && bothOf(seen, 2)).isTrue();
                return;
            }
            eventually(
                    "all runs were told",
                    () -> text(seen, LogLine.Stream.STDERR).endsWith("err 4\n"));
            eventually(
                    "all of it was told",
                    () -> text(seen, LogLine.Stream.STDOUT).equals("run 1\npart run 2\npart run 3\npart run 4\npart "));
            assertThat(follower.awaitEnd(Duration.ofMillis(50))).isFalse();
        }
        assertThat(text(seen, LogLine.Stream.STDERR)).isEqualTo("err 1\nerr 2\nerr 3\nerr 4\n");
    }

    @Test
    @DisplayName("acrossRestarts: goes on when somebody else restarts and removes it")
    void bySomebodyElse() {
        IsolatedEnvironment environment = environments().run(numbered("web"));
        IsolatedEnvironment theirs = another().environments().get(name("web"));
        List<String> seen = new CopyOnWriteArrayList<>();
        try (LogFollower follower = follow(environment, LogQuery.all().acrossRestarts(), seen)) {
            theirs.restart();
            eventually("the second run has written", () -> seen.contains("err 2"));
            theirs.stop();
            eventually("its end was told", () -> seen.contains("end 2"));
            theirs.remove();
            assertThat(follower.awaitEnd(patience())).isTrue();
        }
        assertThat(ofStdout(seen)).isEqualTo(expected(2));
    }

    @Test
    @DisplayName("acrossRestarts: goes on with what an update puts in its place")
    void byUpdate() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", "trap 'echo old end; exit 0' TERM; echo old; touch up; sleep 3600 & wait")
                        .readyWhen(Readiness.command("test", "-f", "up"))
                        .build());
        List<String> seen = new CopyOnWriteArrayList<>();
        try (LogFollower follower = follow(environment, LogQuery.all().acrossRestarts(), seen)) {
            environment.update(shell("web", "echo new; touch up; " + IDLE)
                    .readyWhen(Readiness.command("test", "-f", "up"))
                    .build());
            eventually("the new one was told", () -> seen.contains("new"));
            environment.remove();
            assertThat(follower.awaitEnd(patience())).isTrue();
        }
        assertThat(seen).containsExactly("old", "old end", "new");
    }

    @Test
    @DisplayName("acrossRestarts: goes on with what somebody else's update puts in its place")
    void bySomebodyElsesUpdate() {
        IsolatedEnvironment environment = environments()
                .run(shell("web", "echo old; touch up; " + IDLE)
                        .readyWhen(Readiness.command("test", "-f", "up"))
                        .build());
        List<String> seen = new CopyOnWriteArrayList<>();
        try (LogFollower follower = follow(environment, LogQuery.all().acrossRestarts(), seen)) {
            eventually("the old one was told", () -> seen.contains("old"));
            another()
                    .environments()
                    .get(name("web"))
                    .update(shell("web", "echo new; touch up; " + IDLE)
                            .readyWhen(Readiness.command("test", "-f", "up"))
                            .build());
            eventually("the new one was told", () -> seen.contains("new"));
            assertThat(follower.awaitEnd(Duration.ofMillis(50))).isFalse();
        }
        assertThat(seen).containsExactly("old", "new");
    }

    @Test
    @DisplayName("acrossRestarts: a tail leaves out what is older, also after a restart")
    void withTail() {
        IsolatedEnvironment environment = environments().run(numbered("web"));
        List<String> seen = new CopyOnWriteArrayList<>();
        boolean apart = has(Capability.LOG_STREAMS);
        LogQuery query = apart ? LogQuery.all().only(LogLine.Stream.STDOUT) : LogQuery.all();
        try (LogFollower follower = follow(environment, query.withTail(2).acrossRestarts(), seen)) {
            eventually("the tail was told", () -> seen.size() >= 2);
            environment.restart();
            eventually("the second run was told", () -> seen.contains("2.299"));
            assertThat(follower.awaitEnd(Duration.ofMillis(50))).isFalse();
        }
        if (apart) {
            assertThat(seen.subList(0, 4)).containsExactly("1.298", "1.299", "end 1", "2.0");
        } else {
            assertThat(seen.subList(0, 2)).isSubsetOf("1.298", "1.299", "err 1");
            assertThat(seen.get(2)).isEqualTo("end 1");
            assertThat(seen).contains("2.0");
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("acrossRestarts: closing ends it while it waits for the next start")
    void closeWhileStopped() {
        IsolatedEnvironment environment = environments().run(numbered("web"));
        List<String> seen = new CopyOnWriteArrayList<>();
        LogFollower follower = follow(environment, LogQuery.all().acrossRestarts(), seen);
        environment.stop();
        eventually("its end was told", () -> seen.contains("end 1"));

        follower.close();

        environment.start();
        assertThat(follower.awaitEnd(patience())).isTrue();
        assertThat(seen).doesNotContain("2.0");
    }

    @Test
    @DisplayName("logs, copyLogs: of a start that failed are kept, and so is the error's share of them")
    void logsOfAFailedStart() {
        Recorder events = record();
        IsolatedEnvironment environment = environments()
                .create(shell("web", "echo Zoë starts; echo no licence >&2; exit 4")
                        .readyWhen(Readiness.log("never"))
                        .build());

        org.assertj.core.api.Assertions.assertThatThrownBy(environment::start)
                .hasMessageContaining("no licence")
                .hasMessageContaining("4");

        events.await(EnvironmentEvent.Exited.class, name("web"));
        assertThat(environment.logs()).extracting(LogLine::text).containsExactlyInAnyOrder("Zoë starts", "no licence");
    }

    private io.cofferdam.environment.EnvironmentSpec numbered(String word) {
        return keeping(word, "rm -f up; " + NUMBERED)
                .readyWhen(Readiness.log("err"))
                .build();
    }

    /** Whether both things that a run writes were told, in a stream that is both. */
    private static boolean bothOf(List<LogLine> seen, int run) {
        String all = seen.stream().map(LogLine::text).collect(Collectors.joining());
        return all.contains("run " + run) && all.contains("err " + run);
    }

    private static LogFollower follow(IsolatedEnvironment environment, LogQuery query, List<String> seen) {
        return environment.follow(query, line -> seen.add(line.text()));
    }

    private static List<String> ofStdout(List<String> seen) {
        return seen.stream().filter(line -> !line.startsWith("err")).toList();
    }

    private static List<String> expected(int runs) {
        List<String> lines = new ArrayList<>();
        for (int run = 1; run <= runs; run++) {
            for (int i = 0; i < 300; i++) {
                lines.add(run + "." + i);
            }
            lines.add("end " + run);
        }
        return lines;
    }

    private static String text(List<LogLine> lines, LogLine.Stream stream) {
        StringBuilder text = new StringBuilder();
        lines.stream()
                .filter(line -> line.stream() == stream)
                .forEach(line -> text.append(line.text()).append(line.complete() ? "\n" : ""));
        return text.toString();
    }
}
