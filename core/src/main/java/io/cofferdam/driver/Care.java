package io.cofferdam.driver;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this library does for one running unit because its engine does not: its restart policy, its health check, or both.
 * Where the engine starts again what ended, this tells of it, and starts again only what is unhealthy, as no engine does.
 * Events come in on the engine's thread and only set things going; probes and restarts run on threads of their own.
 */
final class Care implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Care.class);
    private static final Duration FIRST_DELAY = Duration.ofMillis(100);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(30);
    /** A run of this length is stable: restarts before it are forgotten. Docker uses the same. */
    private static final Duration STABLE = Duration.ofSeconds(10);

    private static final Duration FIRST_PROBE_DISTANCE = Duration.ofMillis(10);
    private static final Duration STARTING_PROBE_DISTANCE = Duration.ofMillis(500);

    private final EngineSession session;
    private final DrivenEnvironment environment;
    private final String id;
    private final EnvironmentSpec spec;
    private final boolean engineRestarts;
    private final boolean restarting;

    @Nullable
    private final HealthCheck check;

    private final Watch claim;
    private final Prober prober;
    private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
    private final ReentrantLock lock = new ReentrantLock();

    // All guarded by the lock.
    private boolean closed;
    private HealthStatus health;
    private String lastAnswer = "";
    private int failures;

    /** How often somebody else had a yes. */
    private final AtomicInteger proofs = new AtomicInteger();

    private int restarts;
    private int totalRestarts;

    /** Whether the restart under way is in the total already. */
    private boolean counted;

    private boolean pending;
    private boolean running;
    private Instant startedAt;
    private Instant lastCounted;
    private int run;

    /** Since when it has been healthy in this run. */
    @Nullable
    private Instant healthySince;

    /** Whether it is being stopped in order to be started again. */
    private boolean recovering;

    /** How many restarts by the engine were told. */
    private int engineCount;

    @Nullable
    private Cancellable next;

    /** The restart of one that is unhealthy, which goes on being asked until then. */
    @Nullable
    private Cancellable recovery;

    Care(
            EngineSession session,
            DrivenEnvironment environment,
            String id,
            EnvironmentSpec spec,
            boolean engineRestarts,
            @Nullable HealthCheck check,
            Watch claim) {
        this.session = session;
        this.environment = environment;
        this.id = id;
        this.spec = spec;
        this.engineRestarts = engineRestarts;
        this.restarting = !engineRestarts;
        this.check = check;
        this.claim = claim;
        this.prober = new Prober(session);
        this.health = check == null ? HealthStatus.NONE : HealthStatus.STARTING;
        this.startedAt = session.clock.instant();
        this.lastCounted = startedAt;
    }

    /** The engine tells of a start: of the one that its starter has told of already, or of another. */
    void started(UnitEvent event) {
        lock.lock();
        try {
            if (!running || event.at().isAfter(startedAt)) {
                started();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The main process runs: now, or since a moment ago. */
    void started() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            cancelNext();
            pending = false;
            running = true;
            run++;
            startedAt = session.clock.instant();
            lastCounted = startedAt;
            failures = 0;
            healthySince = null;
            if (check != null) {
                health = HealthStatus.STARTING;
                schedule(Duration.ZERO, probing(run, FIRST_PROBE_DISTANCE));
            }
        } finally {
            lock.unlock();
        }
    }

    /** The main process ended. */
    void died(UnitEvent event) {
        answered.complete(true);
        EnvironmentEvent decision = null;
        boolean toldByEngine = false;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            cancelNext();
            running = false;
            run++;
            if (check != null) {
                health = HealthStatus.STARTING;
            }
            if (recovering) {
                return;
            }
            pending = false;
            if (restarting && !event.asked()) {
                decision = decide(
                        spec.restart().allows(event.exitCode(), restartsBefore()),
                        restartsBefore(),
                        "it ended with exit code " + event.exitCode());
            }
            toldByEngine = engineRestarts && spec.restart().allows(event.exitCode(), 0);
        } finally {
            lock.unlock();
        }
        publish(decision);
        if (toldByEngine) {
            inBackground(() -> tellWhatTheEngineDecided(event));
        }
    }

    /** The engine's own check came to a verdict. */
    void judged(UnitEvent event) {
        EnvironmentEvent decision;
        lock.lock();
        try {
            if (closed || check != null) {
                return;
            }
            health = event.health();
            decision = recoverIfUnhealthy(event.detail());
        } finally {
            lock.unlock();
        }
        publish(decision);
    }

    /** Whether it is to be started again for its health; under the lock. */
    private @Nullable EnvironmentEvent recoverIfUnhealthy(String answer) {
        Instant now = session.clock.instant();
        if (health == HealthStatus.HEALTHY) {
            healthySince = healthySince == null ? now : healthySince;
            if (recovery != null) {
                // It has come round by itself.
                cancelRecovery();
                pending = false;
            }
            return null;
        }
        if (health != HealthStatus.UNHEALTHY || !spec.restart().whenUnhealthy() || pending) {
            return null;
        }
        boolean stable =
                healthySince != null && Duration.between(healthySince, now).compareTo(STABLE) >= 0;
        int before = stable ? 0 : restarts;
        healthySince = null;
        return decideOnHealth(before, "it is unhealthy" + (answer.isEmpty() ? "" : ": " + answer));
    }

    private @Nullable EnvironmentEvent decideOnHealth(int before, String reason) {
        Instant now = session.clock.instant();
        restarts = before;
        if (!spec.restart().allowsWhenUnhealthy(before)) {
            pending = false;
            return new EnvironmentEvent.RestartsExhausted(now, environment.name(), id, before, reason);
        }
        Duration delay = delay(before);
        restarts++;
        pending = true;
        recovery = scheduled(delay, this::recover);
        return new EnvironmentEvent.RestartScheduled(now, environment.name(), id, restarts, delay);
    }

    private void recover() {
        try {
            boolean begun = environment.recoverUnit(id, this::beginRecovery);
            lock.lock();
            try {
                recovering = false;
                pending &= begun;
                counted = false;
            } finally {
                lock.unlock();
            }
            if (begun) {
                remember();
            }
        } catch (CofferdamException failed) {
            LOG.warn("could not restart '{}', which is unhealthy: {}", environment.name(), failed.getMessage());
            EnvironmentEvent decision = null;
            lock.lock();
            try {
                recovering = false;
                totalRestarts -= counted ? 1 : 0;
                counted = false;
                if (!closed) {
                    decision = decideOnHealth(restarts, "it could not be started again: " + failed.getMessage());
                }
            } finally {
                lock.unlock();
            }
            publish(decision);
        } finally {
            session.feed.nudge(id);
        }
    }

    private boolean beginRecovery() {
        lock.lock();
        try {
            recovery = null;
            recovering = countIfPending();
            return recovering;
        } finally {
            lock.unlock();
        }
    }

    /** The engine keeps the policy; whether it starts it again is known by what it says after the end. */
    private void tellWhatTheEngineDecided(UnitEvent death) {
        EnvironmentStatus status;
        try {
            status = session.driver.inspect(id, session.callDeadline()).status();
        } catch (CofferdamException unknown) {
            LOG.debug("the engine does not tell what becomes of '{}'", environment.name(), unknown);
            return;
        }
        EnvironmentEvent decision = null;
        lock.lock();
        try {
            int bound = spec.restart().maxRetries();
            boolean again = status.state() == EnvironmentState.RESTARTING
                    || (status.state().isAlive() && status.restarts() > engineCount);
            if (!closed && again) {
                engineCount = status.restarts();
                Duration delay = delay(restartsBefore());
                restarts = restartsBefore() + 1;
                decision = new EnvironmentEvent.RestartScheduled(death.at(), environment.name(), id, restarts, delay);
            } else if (!closed
                    && status.state() == EnvironmentState.EXITED
                    && bound > 0
                    && status.restarts() >= bound) {
                decision = new EnvironmentEvent.RestartsExhausted(
                        death.at(), environment.name(), id, restarts, "it ended with exit code " + death.exitCode());
            }
        } finally {
            lock.unlock();
        }
        publish(decision);
    }

    private void inBackground(Runnable task) {
        try {
            session.threads.start("restarts of " + environment.name(), task);
        } catch (RejectedExecutionException closing) {
            LOG.debug("nothing more is told of '{}': the engine is closing", environment.name());
        }
    }

    /** What the health check answered last; empty if it is not made here. */
    Optional<String> lastAnswer() {
        lock.lock();
        try {
            return check == null ? Optional.empty() : Optional.of(lastAnswer);
        } finally {
            lock.unlock();
        }
    }

    /** Done when the first question of the health check has an answer, or there is going to be none. */
    CompletableFuture<Boolean> firstAnswer() {
        return answered;
    }

    /** What the engine says, completed by what is found out here. */
    EnvironmentStatus overlay(EnvironmentStatus status) {
        lock.lock();
        try {
            EnvironmentStatus completed = status.withRestarts(
                    engineRestarts ? status.restarts() + totalRestarts : Math.max(status.restarts(), totalRestarts));
            if (check != null && status.state().isAlive()) {
                completed = completed.withHealth(health);
            }
            return status.state() == EnvironmentState.EXITED && (pending || isUndecided(status))
                    ? completed.withState(EnvironmentState.RESTARTING)
                    : completed;
        } finally {
            lock.unlock();
        }
    }

    /** Whether it has ended, and is going to be started again as soon as the engine tells of that. */
    private boolean isUndecided(EnvironmentStatus status) {
        Integer exit = status.exit();
        return running && restarting && exit != null && spec.restart().allows(exit, restartsBefore());
    }

    /** How many runs it has had, so that a starter can tell whether its start was heard of. */
    int runs() {
        lock.lock();
        try {
            return run;
        } finally {
            lock.unlock();
        }
    }

    /** Somebody starts it by hand: what it did before does not count any more. */
    void renew() {
        lock.lock();
        try {
            restarts = 0;
        } finally {
            lock.unlock();
        }
    }

    /** Events may have been missed: makes up for them by what the engine says now. */
    void reconcile(EnvironmentStatus status) {
        boolean believed;
        lock.lock();
        try {
            believed = running;
        } finally {
            lock.unlock();
        }
        Integer exit = status.exit();
        if (believed && status.state() == EnvironmentState.EXITED && exit != null) {
            died(UnitEvent.died(id, session.clock.instant(), status.labels(), exit, status.outOfMemory()));
            session.feed.nudge(id);
        } else if (!believed && status.state().isAlive()) {
            started();
        }
    }

    boolean isAbout(String unit) {
        return id.equals(unit);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            pending = false;
            recovering = false;
            cancelNext();
        } finally {
            lock.unlock();
        }
        answered.complete(true);
        claim.close();
        session.feed.nudge(id);
    }

    private void publish(@Nullable EnvironmentEvent event) {
        if (event != null) {
            session.bus.publish(event);
        }
    }

    /** What follows from a decision to start it again or not; under the lock. What it returns is told outside of it. */
    private @Nullable EnvironmentEvent decide(boolean again, int before, String reason) {
        Instant now = session.clock.instant();
        restarts = before;
        if (again) {
            Duration delay = delay(before);
            restarts++;
            pending = true;
            schedule(delay, this::restart);
            return new EnvironmentEvent.RestartScheduled(now, environment.name(), id, restarts, delay);
        }
        pending = false;
        return before == 0 ? null : new EnvironmentEvent.RestartsExhausted(now, environment.name(), id, before, reason);
    }

    /** The restarts that count: none after a stable run. */
    private int restartsBefore() {
        boolean stable = Duration.between(startedAt, session.clock.instant()).compareTo(STABLE) >= 0;
        return stable ? 0 : restarts;
    }

    private static Duration delay(int before) {
        Duration delay = FIRST_DELAY.multipliedBy(1L << Math.min(before, 16));
        return delay.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : delay;
    }

    private void restart() {
        try {
            // Under the environment's own lock, so that a stop or removal is either before it and calls it off, or
            // after it and ends what it started. Counted by then, for what is started may have ended at the return.
            boolean begun = environment.restartUnit(id, this::countIfPending);
            if (begun) {
                remember();
            }
        } catch (CofferdamException failed) {
            if (failed instanceof EngineUnavailableException && runs(failed)) {
                remember();
                return;
            }
            LOG.warn("could not restart '{}': {}", environment.name(), failed.getMessage());
            EnvironmentEvent decision = null;
            lock.lock();
            try {
                totalRestarts -= counted ? 1 : 0;
                counted = false;
                if (!closed) {
                    decision = decide(
                            spec.restart().allows(1, restarts),
                            restarts,
                            "it could not be started again: " + failed.getMessage());
                }
            } finally {
                lock.unlock();
            }
            publish(decision);
        } finally {
            session.feed.nudge(id);
        }
    }

    /** Whether the engine has done what it did not answer to. */
    private boolean runs(CofferdamException unanswered) {
        try {
            return session.driver
                    .inspect(id, session.callDeadline())
                    .status()
                    .state()
                    .isAlive();
        } catch (CofferdamException unknown) {
            unanswered.addSuppressed(unknown);
            return false;
        }
    }

    private void remember() {
        Verdict verdict;
        lock.lock();
        try {
            counted = false;
            verdict = new Verdict(health, totalRestarts);
        } finally {
            lock.unlock();
        }
        session.driver.remember(id, verdict);
    }

    private boolean countIfPending() {
        lock.lock();
        try {
            counted = pending && !closed;
            totalRestarts += counted ? 1 : 0;
            return counted;
        } finally {
            lock.unlock();
        }
    }

    private Runnable probing(int forRun, Duration distance) {
        return () -> {
            HealthCheck probed = check;
            if (probed == null || !isCurrent(forRun)) {
                return;
            }
            int asked = proofs.get();
            Answer answer;
            try {
                answer = prober.ask(
                        session.driver.inspect(id, session.callDeadline()),
                        probed.probe(),
                        probed.timeout(),
                        Deadline.in(probed.timeout()));
            } catch (EngineUnavailableException away) {
                // That says nothing about the software.
                askLater(forRun, probed);
                return;
            } catch (CofferdamException unclear) {
                if (session.isClosed()) {
                    return;
                }
                answer = Answer.no(String.valueOf(unclear.getMessage()));
            }
            if (!answer.yes() && asked != proofs.get()) {
                // The question is older than the yes that somebody else got.
                askLater(forRun, probed);
                return;
            }
            judge(forRun, probed, answer, distance);
        };
    }

    private void askLater(int forRun, HealthCheck probed) {
        lock.lock();
        try {
            if (!closed && run == forRun) {
                schedule(shorter(STARTING_PROBE_DISTANCE, probed.interval()), probing(forRun, STARTING_PROBE_DISTANCE));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isCurrent(int forRun) {
        lock.lock();
        try {
            return !closed && run == forRun;
        } finally {
            lock.unlock();
        }
    }

    private void judge(int forRun, HealthCheck probed, Answer answer, Duration distance) {
        HealthStatus verdict;
        boolean changed;
        int count;
        EnvironmentEvent decision = null;
        lock.lock();
        try {
            if (closed || run != forRun) {
                return;
            }
            HealthStatus before = health;
            lastAnswer = answer.detail();
            Instant now = session.clock.instant();
            boolean young = Duration.between(startedAt, now).compareTo(probed.startPeriod()) < 0;
            if (answer.yes()) {
                failures = 0;
                health = HealthStatus.HEALTHY;
            } else if (health != HealthStatus.STARTING
                    || (!young && Duration.between(lastCounted, now).compareTo(probed.interval()) >= 0)) {
                failures++;
                lastCounted = now;
                health = failures >= probed.retries() ? HealthStatus.UNHEALTHY : health;
            }
            // Until the first yes it is asked more often than the interval says, to find it soon; a no then counts only
            // as often as the interval says.
            Duration wait = health == HealthStatus.STARTING ? shorter(distance, probed.interval()) : probed.interval();
            verdict = health;
            changed = before != health;
            count = totalRestarts;
            decision = changed ? recoverIfUnhealthy(answer.detail()) : null;
            Duration grown = shorter(distance.multipliedBy(2), STARTING_PROBE_DISTANCE);
            schedule(wait, probing(forRun, grown));
        } finally {
            lock.unlock();
        }
        answered.complete(true);
        if (changed) {
            session.driver.remember(id, new Verdict(verdict, count));
            session.bus.publish(new EnvironmentEvent.HealthChanged(
                    session.clock.instant(), environment.name(), id, verdict, answer.detail()));
            publish(decision);
            session.feed.nudge(id);
        }
    }

    /**
     * A yes that was not asked for here counts as well, also for one that is taken for unhealthy: from then on a no does, also within
     * the start period.
     */
    void proved() {
        int count;
        lock.lock();
        try {
            if (closed || check == null || !running) {
                return;
            }
            proofs.incrementAndGet();
            if (health == HealthStatus.HEALTHY) {
                return;
            }
            failures = 0;
            health = HealthStatus.HEALTHY;
            recoverIfUnhealthy("");
            count = totalRestarts;
        } finally {
            lock.unlock();
        }
        answered.complete(true);
        session.driver.remember(id, new Verdict(HealthStatus.HEALTHY, count));
        session.bus.publish(new EnvironmentEvent.HealthChanged(
                session.clock.instant(), environment.name(), id, HealthStatus.HEALTHY, ""));
        session.feed.nudge(id);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void schedule(Duration delay, Runnable task) {
        next = scheduled(delay, task);
    }

    private @Nullable Cancellable scheduled(Duration delay, Runnable task) {
        try {
            return session.scheduler.schedule(delay, task);
        } catch (RejectedExecutionException closing) {
            LOG.debug("'{}' is not cared for any more: the engine is closing", environment.name());
            return null;
        }
    }

    private void cancelNext() {
        if (next != null) {
            next.cancel();
            next = null;
        }
        cancelRecovery();
    }

    private void cancelRecovery() {
        if (recovery != null) {
            recovery.cancel();
            recovery = null;
        }
    }
}
