package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.event.Subscription;
import io.cofferdam.event.SubscriptionOptions;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Copies of services as environments with names and labels of their own, on every engine. */
final class EnvironmentWorkloads implements Workloads {

    private static final Logger LOG = LoggerFactory.getLogger(EnvironmentWorkloads.class);
    private static final int LAST_LINES = 20;

    private final EngineSession session;
    private final DrivenEnvironments environments;
    private final ProjectNetworks networks;
    private final ProjectVolumes volumes;
    private final InstanceStart starts;
    private final Preparation preparation;
    private final ReadyTimes times;
    private final FirstLooks firstLooks;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final ReentrantLock following = new ReentrantLock();

    @Nullable
    private Subscription subscription;

    /** Somebody who is told of a project's changes, one at a time. */
    private record Watcher(String project, Runnable changed) {

        synchronized void tell() {
            changed.run();
        }
    }

    EnvironmentWorkloads(
            EngineSession session,
            DrivenEnvironments environments,
            DrivenImages images,
            DrivenNetworks networks,
            DrivenVolumes volumes) {
        this.session = session;
        this.environments = environments;
        this.networks = new ProjectNetworks(session, networks);
        this.volumes = new ProjectVolumes(session, volumes);
        this.times = new ReadyTimes(session.clock);
        this.firstLooks =
                new FirstLooks(session, environments, times, () -> watchers.forEach(EnvironmentWorkloads::tell));
        this.preparation = new Preparation(session, images, networks, volumes);
        this.starts = new InstanceStart(session, environments, images, this.networks, this.volumes, times);
    }

    @Override
    public Prepared prepare(Application application, Consumer<String> progress, Duration timeout) {
        session.ensureOpen();
        return preparation.prepare(application, progress, Deadline.in(timeout));
    }

    @Override
    public List<InstanceStatus> list(String project, Function<String, Duration> minReady) {
        Objects.requireNonNull(minReady, "minReady");
        LabelSelector ofProject = LabelSelector.of(Labels.PROJECT, Objects.requireNonNull(project, "project"));
        List<EnvironmentStatus> statuses = environments.statuses(ofProject);
        if (firstLooks.at(statuses)) {
            statuses = environments.statuses(ofProject);
        }
        return statuses.stream()
                .flatMap(status ->
                        InstanceLabels.instance(status, times.condition(status, minReady(status, minReady))).stream())
                .toList();
    }

    private static Duration minReady(EnvironmentStatus status, Function<String, Duration> minReady) {
        return minReady.apply(status.labels().getOrDefault(Labels.SERVICE, ""));
    }

    @Override
    public Optional<InstanceStatus> find(String project, Revision revision, int ordinal) {
        Optional<EnvironmentStatus> found = look(project, revision, ordinal);
        if (found.isPresent() && firstLooks.at(List.of(found.get()))) {
            found = look(project, revision, ordinal);
        }
        return found.map(this::instance);
    }

    @Override
    public InstanceStatus start(Blueprint blueprint, int ordinal, Duration timeout) {
        session.ensureOpen();
        follow();
        boolean isOneOff = blueprint.service().isOneOff(blueprint.application());
        return instance(starts.start(blueprint, ordinal, isOneOff, Deadline.in(timeout)));
    }

    @Override
    public InstanceStatus awaitAvailable(Blueprint blueprint, int ordinal, Duration minReady, Duration timeout) {
        session.ensureOpen();
        follow();
        EnvironmentStatus seen =
                look(blueprint.project(), blueprint.revision(), ordinal).orElseThrow(() -> missing(blueprint, ordinal));
        firstLooks.care(seen);
        AvailabilityWait wait = new AvailabilityWait(
                session,
                environments.supervisor(),
                environments.handle(seen),
                times,
                minReady,
                timeout,
                Deadline.in(timeout));
        return InstanceLabels.instance(wait.await(), Condition.AVAILABLE).orElseThrow();
    }

    @Override
    public InstanceStatus runOnce(Blueprint blueprint, Duration timeout) {
        session.ensureOpen();
        follow();
        Deadline deadline = Deadline.in(timeout);
        Optional<EnvironmentStatus> before = look(blueprint.project(), blueprint.revision(), 1);
        if (before.isPresent() && before.get().state() == EnvironmentState.EXITED) {
            if (times.condition(before.get(), Duration.ZERO) == Condition.SUCCEEDED) {
                return instance(before.get());
            }
            remove(blueprint.project(), blueprint.revision(), 1);
        }
        EnvironmentStatus begun = starts.start(blueprint, 1, true, deadline);
        firstLooks.care(begun);
        DrivenEnvironment environment = environments.handle(begun);
        int exit;
        try {
            exit = environment.awaitExit(deadline.remaining());
        } catch (OperationTimeoutException late) {
            List<String> lines = environment.lastLines(begun.id(), LAST_LINES);
            OperationTimeoutException failure = new OperationTimeoutException(
                    "'" + begun.name() + "' (" + session.engine() + ") did not come to its end within "
                            + timeout.toMillis() + " ms, and was stopped; give it more time, or see what it waits for"
                            + AvailabilityWait.quoted(lines),
                    late);
            Cleanup.after(failure, environment::stop);
            throw failure;
        }
        EnvironmentStatus ended = environment.status();
        if (exit != 0) {
            List<String> lines = environment.lastLines(ended.id(), LAST_LINES);
            throw new NotReadyException(
                    "'" + ended.name() + "' (" + session.engine() + ") ended with exit code " + exit
                            + (ended.outOfMemory() ? ", because it exceeded its memory limit" : "")
                            + AvailabilityWait.quoted(lines),
                    exit,
                    null,
                    lines);
        }
        return instance(ended);
    }

    @Override
    public void remove(String project, Revision revision, int ordinal) {
        Optional<EnvironmentStatus> found = look(project, revision, ordinal);
        if (found.isEmpty()) {
            return;
        }
        DrivenEnvironment environment = environments.handle(found.get());
        try {
            environment.stop();
            environment.remove();
        } catch (NotFoundException byOthers) {
            LOG.debug(
                    "'{}' was removed by somebody else at the same time",
                    found.get().name());
        }
        times.forget(found.get().id());
    }

    @Override
    public void join(Blueprint blueprint, Set<String> colours) {
        session.ensureOpen();
        if (!hasColours()) {
            return;
        }
        Application application = blueprint.application();
        Service service = blueprint.service();
        if (networks.areSeveral()) {
            colours.forEach(colour -> networks.ensure(application, service, colour));
        }
        LabelSelector members = new LabelSelector(Map.of(
                Labels.PROJECT, blueprint.project(),
                Labels.SERVICE, service.name(),
                Labels.REVISION, blueprint.revision().hash()));
        for (EnvironmentStatus instance : environments.statuses(members)) {
            networks.join(application, service, instance, colours);
        }
    }

    @Override
    public boolean hasColours() {
        return networks.areSeveral() || session.driver.hasColours();
    }

    @Override
    public AutoCloseable watch(String project, Runnable changed) {
        session.ensureOpen();
        Watcher watcher =
                new Watcher(Objects.requireNonNull(project, "project"), Objects.requireNonNull(changed, "changed"));
        watchers.add(watcher);
        follow();
        inBackground("first look at project " + project, () -> {
            if (firstLooks.at(environments.statuses(LabelSelector.of(Labels.PROJECT, project)))) {
                watcher.tell();
            }
        });
        return () -> watchers.remove(watcher);
    }

    @Override
    public void tidy(String project, Set<String> colours, boolean withVolumes) {
        session.ensureOpen();
        if (networks.areSeveral()) {
            networks.tidy(project, colours);
        } else if (colours.isEmpty()) {
            environments.stacks().left(project);
        }
        if (withVolumes) {
            volumes.remove(project);
        }
    }

    /** Listens to what happens to instances, from the first time on that somebody needs it. */
    private void follow() {
        following.lock();
        try {
            if (subscription == null) {
                SubscriptionOptions options = SubscriptionOptions.defaults().withName("workloads");
                subscription = session.bus.subscribe(EnvironmentEvent.class, options, this::heard);
                session.feed.listen(event -> {
                    if (event.kind() == UnitEvent.Kind.RESYNC) {
                        inBackground("news of instances", () -> watchers.forEach(EnvironmentWorkloads::tell));
                    }
                });
            }
        } finally {
            following.unlock();
        }
        session.feed.open();
    }

    private void heard(EnvironmentEvent event) {
        times.heard(event);
        for (Watcher watcher : watchers) {
            // Events carry no labels, and a name can begin like those of another project: once too often does no harm.
            if (event.name().startsWith(InstanceNames.beginning(watcher.project()))) {
                tell(watcher);
            }
        }
    }

    private static void tell(Watcher watcher) {
        try {
            watcher.tell();
        } catch (RuntimeException failed) {
            LOG.error("a watcher of project '{}' failed", watcher.project(), failed);
        }
    }

    private void inBackground(String task, Runnable work) {
        try {
            session.threads.start(task, () -> {
                try {
                    work.run();
                } catch (CofferdamException failed) {
                    if (!session.isClosed()) {
                        LOG.warn("{} failed: {}", task, failed.getMessage());
                    }
                }
            });
        } catch (RejectedExecutionException closing) {
            LOG.debug("no {}: the engine is closing", task);
        }
    }

    private Optional<EnvironmentStatus> look(String project, Revision revision, int ordinal) {
        return environments
                .look(InstanceNames.instance(project, revision, ordinal))
                .filter(status -> InstanceLabels.match(status.labels(), project, revision, ordinal));
    }

    private InstanceStatus instance(EnvironmentStatus status) {
        return InstanceLabels.instance(status, times.condition(status, Duration.ZERO))
                .orElseThrow();
    }

    private NotFoundException missing(Blueprint blueprint, int ordinal) {
        return new NotFoundException("there is no instance " + ordinal + " of " + blueprint.revision() + " of project '"
                + blueprint.project() + "' on the " + session.engine() + " engine; start it first");
    }
}
