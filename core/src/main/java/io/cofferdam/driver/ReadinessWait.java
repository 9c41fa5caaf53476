package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One wait for one environment to become ready. Events of the engine wake it; conditions that only an own question can
 * answer are asked at once, and then at distances that grow from 1 ms to 100 ms.
 */
final class ReadinessWait implements AutoCloseable {

    private static final long FIRST_DISTANCE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_DISTANCE = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Duration LONGEST_PROBE = Duration.ofSeconds(5);

    /** How long the engine may leave questions unanswered before the wait ends with that. */
    private static final Duration LONGEST_AWAY = Duration.ofSeconds(5);

    private static final int LAST_LINES = 20;

    /** Until the wait ends, which interrupts it. */
    private static final Retry READ_AGAIN = Retry.builder()
            .maxAttempts(Integer.MAX_VALUE)
            .delay(Duration.ofMillis(10), Duration.ofMillis(500))
            .retryOn(EngineUnavailableException.class::isInstance)
            .build();

    private final EngineSession session;
    private final DrivenEnvironment environment;
    private final String id;
    private final EnvironmentSpec spec;
    private final UnitSignal signal;
    private final Prober prober;
    private final List<Thread> followers = new ArrayList<>();
    private final Condition condition;
    private final LogMark logMark;
    private String lastAnswer = "";
    private String lastRemedy = "";

    /** Whether it may have ended before its events were followed. */
    private boolean suspicious;

    /** The event as of which doubts were told last. */
    private long told = -1;

    @Nullable
    private Unit unit;

    /** A condition that can be asked again and again. */
    private interface Condition {
        Answer ask(Deadline deadline);

        /** Whether it has to be asked without an event. */
        default boolean isAsked() {
            return false;
        }
    }

    /**
     * Makes ready to wait.
     *
     * @param logMark where in its log the present run begins
     * @param suspicious whether it may have ended before its events were followed, so that it has to be asked
     */
    ReadinessWait(
            EngineSession session,
            DrivenEnvironment environment,
            String id,
            EnvironmentSpec spec,
            LogMark logMark,
            boolean suspicious) {
        this.session = session;
        this.environment = environment;
        this.id = id;
        this.spec = spec;
        this.signal = session.feed.signal(id);
        this.prober = new Prober(session);
        this.logMark = logMark;
        this.suspicious = suspicious;
        this.condition = condition(spec.readiness());
    }

    /** Whether a unit of this specification is ready as soon as it runs, so that there is nothing to wait for. */
    static boolean isTrivial(EnvironmentSpec spec) {
        Readiness readiness = spec.readiness();
        return readiness instanceof Readiness.Running
                || (readiness instanceof Readiness.Default
                        && spec.healthCheck().isEmpty()
                        && spec.ports().stream().noneMatch(port -> port.protocol() == Protocol.TCP));
    }

    /**
     * Waits.
     *
     * @throws StartFailedException if it ends and is not started again
     * @throws NotReadyException if the deadline passes
     */
    void await(Deadline deadline, Duration timeout) {
        await(deadline, timeout, status -> {});
    }

    /**
     * Waits, unless something is found out that makes waiting useless.
     *
     * @param doubts is told how it is at first and after each event, and throws to end the wait
     */
    void await(Deadline deadline, Duration timeout, Consumer<EnvironmentStatus> doubts) {
        long distance = FIRST_DISTANCE;
        Deadline back = null;
        while (true) {
            long seen = signal.version();
            session.ensureOpen();
            Answer answer;
            try {
                answer = look(seen, deadline, doubts);
                back = null;
            } catch (EngineUnavailableException away) {
                // That says nothing about the software, which has been started and is perhaps ready.
                back = back == null ? Deadline.in(LONGEST_AWAY) : back;
                if (back.isExpired() || deadline.isExpired()) {
                    throw away;
                }
                suspicious = true;
                told = -1;
                unit = null;
                answer = Answer.no(String.valueOf(away.getMessage()));
            }
            if (answer.yes()) {
                return;
            }
            if (!answer.detail().isEmpty() && (lastAnswer.isEmpty() || !answer.isCutOff())) {
                lastAnswer = answer.detail();
                lastRemedy = answer.remedy();
            }
            if (deadline.isExpired()) {
                failIfEnded();
                throw notReady(timeout);
            }
            long most = condition.isAsked() || back != null ? distance : Long.MAX_VALUE;
            signal.await(
                    seen,
                    Math.min(deadline.remainingNanos(), most),
                    "waiting for '" + spec.name().orElse(id) + "'");
            distance = Math.min(distance * 2, LONGEST_DISTANCE);
            if (signal.version() != seen) {
                unit = null;
            }
        }
    }

    /** Whether it is ready, as of an event. */
    private Answer look(long seen, Deadline deadline, Consumer<EnvironmentStatus> doubts) {
        failIfEnded();
        if (seen != told) {
            told = seen;
            tell(doubts);
        }
        Answer answer = ask(deadline);
        return answer.yes() && !stillRuns() ? Answer.no("") : answer;
    }

    private void tell(Consumer<EnvironmentStatus> doubts) {
        unit = null;
        try {
            doubts.accept(environment.statusOf(unit()));
        } catch (NotFoundException gone) {
            // What asks next tells of that in its own words.
            unit = null;
        }
    }

    /** The last answer of a probe; empty if there was none. */
    String lastAnswer() {
        return lastAnswer;
    }

    /**
     * Whether it still runs after a yes. Where programs share addresses, one that ended because another has its port
     * would else be taken for ready: the other has answered.
     */
    private boolean stillRuns() {
        if (!condition.isAsked()) {
            return true;
        }
        unit = null;
        if (unit().status().state() == EnvironmentState.EXITED) {
            signal.resync();
            failIfEnded();
            return false;
        }
        return true;
    }

    @Override
    public void close() {
        followers.forEach(Thread::interrupt);
    }

    private Answer ask(Deadline deadline) {
        try {
            return condition.ask(deadline);
        } catch (NotFoundException gone) {
            throw new StartFailedException(
                    "'" + environment.name() + "' (" + session.engine() + ") was removed before it was ready",
                    null,
                    List.of(),
                    gone);
        }
    }

    private Condition condition(Readiness readiness) {
        if (readiness instanceof Readiness.Probed probed) {
            return probed(probed.probe(), LONGEST_PROBE);
        } else if (readiness instanceof Readiness.Log log) {
            return log(log);
        } else if (readiness instanceof Readiness.Uptime uptime) {
            return uptime(uptime.duration());
        } else if (readiness instanceof Readiness.AllOf all) {
            return combined(all.conditions(), true);
        } else if (readiness instanceof Readiness.AnyOf any) {
            return combined(any.conditions(), false);
        } else if (readiness instanceof Readiness.Healthy) {
            return healthy();
        } else if (readiness instanceof Readiness.Default && !isTrivial(spec)) {
            return byDefault();
        }
        return deadline -> isRunning() ? Answer.YES : Answer.no("it does not run");
    }

    private Condition byDefault() {
        if (spec.healthCheck().isPresent()) {
            return healthy();
        }
        List<Readiness> ports = new ArrayList<>();
        for (PortMapping port : spec.ports()) {
            if (port.protocol() == Protocol.TCP) {
                ports.add(Readiness.port(port.port()));
            }
        }
        return combined(ports, true);
    }

    private Condition probed(Probe probe, Duration timeout) {
        return asked(
                deadline -> isRunning() ? prober.ask(unit(), probe, timeout, deadline) : Answer.no("it does not run"));
    }

    /**
     * The engine's verdict where it keeps health checks itself, this library's elsewhere. A health check of the
     * specification is also asked directly: its first yes is as good as the verdict, which may be an interval away.
     */
    private Condition healthy() {
        Condition own = spec.healthCheck()
                .map(check -> probed(check.probe(), check.timeout()))
                .orElse(null);
        return new Condition() {
            @Override
            public Answer ask(Deadline deadline) {
                HealthStatus health = environment.statusOf(unit()).health();
                if (health == HealthStatus.HEALTHY) {
                    return Answer.YES;
                }
                if (own != null) {
                    Answer answer = own.ask(deadline);
                    if (answer.yes()) {
                        environment.provedHealthy(unit());
                    }
                    return answer;
                }
                if (health == HealthStatus.NONE) {
                    return Answer.no(
                            "it has no health check, neither of its own nor of its image",
                            "give it a health check, or wait for something else");
                }
                unit = null;
                return Answer.no("its health is " + health);
            }

            @Override
            public boolean isAsked() {
                return own != null;
            }
        };
    }

    private Condition log(Readiness.Log log) {
        Pattern pattern = Pattern.compile(log.regex());
        AtomicInteger matches = new AtomicInteger();
        followers.add(session.threads.start("awaiting the log of " + environment.name(), () -> {
            try {
                READ_AGAIN.call(Deadline.none(), "reading the log of '" + environment.name() + "'", () -> {
                    read(pattern, matches);
                    return true;
                });
            } catch (CofferdamException over) {
                // The wait ended, or the unit went: both are found out elsewhere.
                signal.nudge();
            }
        }));
        return deadline -> matches.get() >= log.times()
                ? Answer.YES
                : Answer.no("no line of its log matched /" + log.regex() + "/ "
                        + (log.times() == 1 ? "yet" : log.times() + " times yet"));
    }

    /** Reads from where its run begins; what an earlier reading found that broke off is found once more. */
    private void read(Pattern pattern, AtomicInteger matches) {
        AtomicInteger found = new AtomicInteger();
        Consumer<LogLine> counter = line -> {
            if (pattern.matcher(line.text()).find()) {
                matches.accumulateAndGet(found.incrementAndGet(), Math::max);
                signal.nudge();
            }
        };
        session.driver.readLines(id, logMark.query(), true, logMark.only(counter), Deadline.none());
    }

    private Condition uptime(Duration duration) {
        return asked(deadline -> {
            if (!isRunning()) {
                return Answer.no("it does not run");
            }
            Duration up = environment.uptime(unit().status());
            return up.compareTo(duration) >= 0
                    ? Answer.YES
                    : Answer.no("it has been running for " + up.toMillis() + " ms");
        });
    }

    private Condition combined(List<Readiness> parts, boolean all) {
        List<Condition> conditions = parts.stream().map(this::condition).toList();
        return new Condition() {
            private final boolean[] held = new boolean[conditions.size()];

            @Override
            public Answer ask(Deadline deadline) {
                List<String> missing = new ArrayList<>();
                String remedy = "";
                boolean isCutOff = false;
                for (int i = 0; i < held.length; i++) {
                    if (!held[i]) {
                        Answer answer = conditions.get(i).ask(deadline);
                        held[i] = answer.yes();
                        if (!answer.yes()) {
                            missing.add(answer.detail());
                            isCutOff |= answer.isCutOff();
                            remedy = remedy.isEmpty() ? answer.remedy() : remedy;
                        } else if (!all) {
                            return Answer.YES;
                        }
                    }
                }
                if (missing.isEmpty()) {
                    return Answer.YES;
                }
                missing.removeIf(String::isEmpty);
                return new Answer(false, String.join("; ", missing), remedy, isCutOff);
            }

            @Override
            public boolean isAsked() {
                return conditions.stream().anyMatch(Condition::isAsked);
            }
        };
    }

    private static Condition asked(Condition condition) {
        return new Condition() {
            @Override
            public Answer ask(Deadline deadline) {
                return condition.ask(deadline);
            }

            @Override
            public boolean isAsked() {
                return true;
            }
        };
    }

    private Unit unit() {
        Unit known = unit;
        if (known == null
                || (known.status().endpoints().isEmpty() && !spec.ports().isEmpty())) {
            known = session.driver.inspect(id, session.callDeadline());
            unit = known;
        }
        return known;
    }

    private boolean isRunning() {
        return unit().status().state() == EnvironmentState.RUNNING;
    }

    /** Looks only when the engine told of an end, so that a wait without one costs no call. */
    private void failIfEnded() {
        if (!suspicious && !signal.mayHaveEnded()) {
            return;
        }
        suspicious = false;
        unit = null;
        EnvironmentStatus status;
        try {
            status = environment.statusOf(unit());
        } catch (NotFoundException gone) {
            UnitEvent death = signal.lastDeath();
            throw ended(death == null ? null : death.exitCode(), false, "was removed before it was ready", List.of());
        }
        if (status.state() == EnvironmentState.EXITED) {
            Integer exit =
                    status.exitCode().isPresent() ? (Integer) status.exitCode().getAsInt() : null;
            throw ended(exit, status.outOfMemory(), "ended before it was ready", lastLines());
        }
    }

    private StartFailedException ended(@Nullable Integer exit, boolean outOfMemory, String how, List<String> lines) {
        return new StartFailedException(
                "'" + environment.name() + "' (" + session.engine() + ", " + environment.software(spec) + ") " + how
                        + (exit == null ? "" : ", with exit code " + exit)
                        + (outOfMemory ? ", because it exceeded its memory limit" : "")
                        + (lastAnswer.isEmpty() ? "" : "; the last answer of its probe: " + lastAnswer)
                        + quoted(lines),
                exit,
                lastAnswer.isEmpty() ? null : lastAnswer,
                lines,
                null);
    }

    private NotReadyException notReady(Duration timeout) {
        List<String> lines = lastLines();
        UnitEvent death = signal.latestDeath();
        Integer exit = death == null ? null : (Integer) death.exitCode();
        return new NotReadyException(
                "'" + environment.name() + "' (" + session.engine() + ", " + environment.software(spec)
                        + ") was not ready within " + inWords(timeout)
                        + (exit == null ? "" : "; it ended with exit code " + exit + " and was started again")
                        + (lastAnswer.isEmpty() ? "" : ": " + lastAnswer)
                        + "; "
                        + (lastRemedy.isEmpty()
                                ? "give it a longer start timeout or another readiness condition"
                                : lastRemedy)
                        + quoted(lines),
                exit,
                lastAnswer.isEmpty() ? null : lastAnswer,
                lines);
    }

    private List<String> lastLines() {
        return environment.lastLines(id, LAST_LINES);
    }

    private static String inWords(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    private static String quoted(List<String> lines) {
        return lines.isEmpty()
                ? "; it wrote nothing"
                : "; the last lines it wrote:\n  | " + String.join("\n  | ", lines);
    }
}
