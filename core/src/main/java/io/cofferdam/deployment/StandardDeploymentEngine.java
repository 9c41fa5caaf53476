package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.Service;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.event.EventBus;
import io.cofferdam.traffic.Route;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Records what is wanted and answers questions; {@link Controllers} do the work. */
final class StandardDeploymentEngine implements DeploymentEngine {

    private static final int PAGE = 100;

    @Nullable
    private final Orchestrator orchestrator;

    private final EngineParts parts;
    private final boolean isController;
    private final boolean ownsStore;
    private final Controllers controllers;
    private final Doorbell doorbell;
    private final Submissions submissions;
    private final AtomicBoolean isClosed = new AtomicBoolean();

    StandardDeploymentEngine(DeploymentEngineBuilder from) {
        this.orchestrator = from.orchestrator;
        this.isController = from.isController;
        this.ownsStore = from.store == null;
        Threads threads = Threads.named("cofferdam-deployments");
        EventBus bus = EventBus.create();
        this.parts = new EngineParts(
                engineName(from),
                workloads(from),
                from.router,
                from.store == null ? DeploymentStore.inMemory(from.clock) : from.store,
                from.seal,
                Map.copyOf(from.strategies),
                List.copyOf(from.checks),
                from.clock,
                from.scheduler == null ? threads.scheduler() : from.scheduler,
                from.lease,
                threads,
                bus);
        this.controllers = new Controllers(parts);
        this.doorbell = new Doorbell(project -> {
            if (isController) {
                controllers.wake(project);
            }
        });
        bus.subscribe(DeploymentEvent.class, event -> doorbell.changed());
        this.submissions = new Submissions(parts, doorbell);
        if (isController) {
            controllers.open();
        }
    }

    private static Workloads workloads(DeploymentEngineBuilder from) {
        return from.orchestrator == null ? Objects.requireNonNull(from.workloads) : from.orchestrator.workloads();
    }

    private static String engineName(DeploymentEngineBuilder from) {
        if (from.orchestrator == null) {
            return "test";
        }
        EngineInfo info = from.orchestrator.info();
        String endpoint = info.endpoint();
        // The address of a folder ends with a slash only if the folder is there already.
        return info.engine() + " " + (endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint);
    }

    @Override
    public Deployment deploy(Application application, DeployOptions options) {
        requireOpen();
        check(application, options);
        return submissions.add(
                DeploymentKind.DEPLOY,
                application.project(),
                options,
                ReleaseContent.unprepared(application),
                null,
                false);
    }

    private void check(Application application, DeployOptions options) {
        parts.strategy(options.strategy());
        Combination.check(application, options.strategy().name(), parts.router() != null);
        String project = application.project();
        ProjectData data = data(project);
        if (!data.engine().isEmpty()
                && !data.engine().equals(parts.engineName())
                && stable(project).isPresent()) {
            throw new InvalidInputException(
                    "the deployment of '" + project + "'",
                    List.of(new Problem(
                            "project",
                            "it runs on " + data.engine() + ", and this is " + parts.engineName(),
                            "remove it there first, or give one of the two another name or store")));
        }
    }

    private ProjectData data(String project) {
        return parts.store()
                .project(project)
                .map(state -> ProjectData.read(state.data()))
                .orElse(ProjectData.NEW);
    }

    @Override
    public Plan plan(Application application, DeployOptions options) {
        requireOpen();
        Strategy strategy = parts.strategy(options.strategy());
        Combination.check(application, strategy.name(), parts.router() != null);
        return new DryRun(parts, data(application.project()))
                .plan(application, stableContent(application.project()), strategy);
    }

    private @Nullable ReleaseContent stableContent(String project) {
        return parts.store()
                .project(project)
                .flatMap(ProjectState::stableId)
                .flatMap(parts.store()::find)
                .map(record -> parts.release(record.release()))
                .orElse(null);
    }

    @Override
    public Deployment rollback(String project, DeployOptions options) {
        requireOpen();
        DeploymentRecord present = stableRecord(project);
        DeploymentRecord former = pages(project).stream()
                .filter(record -> record.number() < present.number())
                .filter(record -> record.isStable() && !record.release().equals(present.release()))
                .findFirst()
                .orElseThrow(() -> new NotFoundException("project '" + project
                        + "' has no stable release before version " + present.version() + " to go back to"));
        return restore(former, options);
    }

    @Override
    public Deployment rollback(String project, String version, DeployOptions options) {
        requireOpen();
        List<DeploymentRecord> stable =
                pages(project).stream().filter(DeploymentRecord::isStable).toList();
        DeploymentRecord former = stable.stream()
                .filter(record -> record.version().equals(version))
                .findFirst()
                .or(() -> stable.stream()
                        .filter(record -> record.id().equals(version)
                                || Long.toString(record.number()).equals(version))
                        .findFirst())
                .orElseThrow(() -> new NotFoundException(
                        "project '" + project + "' has no stable release '" + version + "'; it has "
                                + stable.stream()
                                        .map(record -> record.version() + " (deployment " + record.number() + ")")
                                        .distinct()
                                        .limit(10)
                                        .toList()));
        return restore(former, options);
    }

    private Deployment restore(DeploymentRecord former, DeployOptions options) {
        parts.strategy(options.strategy());
        return submissions.add(DeploymentKind.ROLLBACK, former.project(), options, null, former, false);
    }

    private DeploymentRecord stableRecord(String project) {
        return parts.store()
                .project(project)
                .flatMap(ProjectState::stableId)
                .flatMap(parts.store()::find)
                .orElseThrow(() -> new NotFoundException("project '" + project + "' has no stable release"));
    }

    private List<DeploymentRecord> pages(String project) {
        List<DeploymentRecord> all = new ArrayList<>();
        long before = Long.MAX_VALUE;
        while (true) {
            List<DeploymentRecord> page = parts.store().history(project, before, PAGE);
            all.addAll(page);
            if (page.size() < PAGE) {
                return all;
            }
            before = page.get(page.size() - 1).number();
        }
    }

    @Override
    public Deployment scale(String project, Map<String, Integer> replicas, DeployOptions options) {
        requireOpen();
        if (!parts.store().unfinished(project).isEmpty()) {
            throw new WrongStateException("project '" + project
                    + "' is being deployed; scale it when that has ended, or change the replicas in what is deployed");
        }
        DeploymentRecord stable = stableRecord(project);
        ReleaseContent content = parts.release(stable.release());
        ApplicationBuilder changed = content.application().toBuilder();
        List<Problem> problems = new ArrayList<>();
        replicas.forEach((name, count) -> {
            Service service = content.application().service(name).orElse(null);
            if (service == null) {
                problems.add(new Problem(
                        name,
                        "the project has no such service",
                        "it has "
                                + content.application().services().stream()
                                        .map(Service::name)
                                        .toList()));
            } else if (count < 0) {
                problems.add(Problem.at(name, count + " instances are less than none"));
            } else {
                changed.change(name, builder -> builder.replicas(count));
            }
        });
        if (!problems.isEmpty()) {
            throw new InvalidInputException("scaling '" + project + "'", problems);
        }
        Application scaled = changed.version(stable.version()).build();
        Combination.check(scaled, options.strategy().name(), parts.router() != null);
        return submissions.add(DeploymentKind.SCALE, project, options, content.scaled(scaled), null, false);
    }

    @Override
    public Deployment remove(String project, boolean volumes, DeployOptions options) {
        requireOpen();
        return submissions.add(DeploymentKind.REMOVE, project, options, null, null, volumes);
    }

    @Override
    public void start(String project, String target, Duration timeout) {
        operate(project, target, timeout, "start", InstanceOperations::start);
    }

    @Override
    public void stop(String project, String target, Duration timeout) {
        operate(project, target, timeout, "stop", InstanceOperations::stop);
    }

    @Override
    public void restart(String project, String target, Duration timeout) {
        operate(project, target, timeout, "restart", InstanceOperations::restart);
    }

    private void operate(
            String project, String target, Duration timeout, String action, Consumer<InstanceOperations> body) {
        requireOpen();
        Orchestrator engine = orchestrator;
        if (engine == null) {
            throw new IllegalStateException("instances are operated through an orchestrator");
        }
        Deadline deadline = Deadline.in(timeout);
        String what = action + " of '" + project + (target.isEmpty() ? "" : "/" + target) + "'";
        ProjectController controller = controllers.await(project, deadline);
        CompletableFuture<Void> done = controller.submit(
                () -> body.accept(new InstanceOperations(engine.environments(), parts, controller, target, deadline)));
        try {
            done.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", e);
        } catch (TimeoutException e) {
            throw new OperationTimeoutException(what + " has not ended within " + timeout.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(what + " failed", e);
        }
        String line = (action + " " + target).trim();
        parts.store()
                .audit(new AuditEntry(
                        0, project, "", line, "", "", parts.clock().instant()));
    }

    @Override
    public Optional<Deployment> find(String id) {
        requireOpen();
        return parts.store().find(id).map(this::handle);
    }

    private Deployment handle(DeploymentRecord record) {
        return new DeploymentHandle(record, parts, doorbell);
    }

    @Override
    public Optional<Deployment> latest(String project) {
        requireOpen();
        return parts.store().history(project, Long.MAX_VALUE, 1).stream()
                .findFirst()
                .map(this::handle);
    }

    @Override
    public List<String> projects() {
        requireOpen();
        return parts.store().projects();
    }

    @Override
    public List<DeploymentRecord> history(String project, long before, int limit) {
        requireOpen();
        return parts.store().history(project, before, limit);
    }

    @Override
    public List<DeploymentEvent> events(String project, long after, int limit) {
        requireOpen();
        return parts.store().events(project, after, limit);
    }

    @Override
    public List<InstanceStatus> instances(String project) {
        requireOpen();
        return parts.workloads().list(project, Duration.ZERO).stream()
                .sorted(Comparator.comparing(
                                (InstanceStatus one) -> one.instance().service())
                        .thenComparing(one -> one.revision().hash())
                        .thenComparing(one -> one.instance().ordinal()))
                .toList();
    }

    @Override
    public List<Route> routes(String project) {
        requireOpen();
        return parts.router() == null ? List.of() : parts.router().routes(project);
    }

    @Override
    public Optional<Application> stable(String project) {
        requireOpen();
        return parts.store()
                .project(project)
                .flatMap(ProjectState::stableId)
                .flatMap(parts.store()::find)
                .map(record -> parts.release(record.release()).application());
    }

    @Override
    public int prune(String project, int keep, Instant endedBefore) {
        requireOpen();
        return parts.store().prune(project, keep, endedBefore);
    }

    @Override
    public EventBus bus() {
        return parts.bus();
    }

    private void requireOpen() {
        if (isClosed.get()) {
            throw new ClosedException("the deployment engine is closed");
        }
    }

    @Override
    public void close() {
        if (!isClosed.compareAndSet(false, true)) {
            return;
        }
        controllers.close();
        controllers.awaitEnd();
        parts.threads().close();
        parts.bus().close();
        if (ownsStore) {
            parts.store().close();
        }
    }

    @Override
    public String toString() {
        return "DeploymentEngine[" + Objects.requireNonNull(parts.engineName()) + "]";
    }
}
