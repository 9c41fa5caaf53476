package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.Batch;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.Environments;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.format.SpecJson;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes and finds environments, with one handle for each name. */
final class DrivenEnvironments implements Environments {

    private static final Logger LOG = LoggerFactory.getLogger(DrivenEnvironments.class);

    /** How many names an error lists. */
    private static final int MOST_NAMES = 5;

    private final EngineSession session;
    private final DrivenImages images;
    private final Stacks stacks;
    private final LateArrivals late;
    private final HostPorts ports;
    private final Supervisor supervisor;
    private final Lifetimes lifetimes;
    private final DrivenSnapshots snapshots;
    private final Children children;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, DrivenEnvironment> handles = new ConcurrentHashMap<>();
    private final Set<String> beingRemoved = ConcurrentHashMap.newKeySet();

    /** Whoever makes an environment holds the first, whoever closes takes the second, so that no new one is forgotten. */
    private final ReentrantReadWriteLock making = new ReentrantReadWriteLock();

    DrivenEnvironments(EngineSession session, DrivenImages images) {
        this.session = session;
        this.images = images;
        this.stacks = new Stacks(session);
        this.late = new LateArrivals(session);
        this.ports = new HostPorts(session);
        this.supervisor = new Supervisor(session);
        this.lifetimes = new Lifetimes(session);
        this.snapshots = new DrivenSnapshots(session, this);
        this.children = new Children(session, child -> handle(child).removeUnit());
        session.feed.listen(this::heard);
        session.feed.whenOpened(() -> session.threads.start("adoption", this::adopt));
    }

    Stacks stacks() {
        return stacks;
    }

    LateArrivals late() {
        return late;
    }

    HostPorts ports() {
        return ports;
    }

    Supervisor supervisor() {
        return supervisor;
    }

    Lifetimes lifetimes() {
        return lifetimes;
    }

    DrivenSnapshots snapshots() {
        return snapshots;
    }

    Children children() {
        return children;
    }

    @Override
    public IsolatedEnvironment create(EnvironmentSpec spec) {
        return create(spec, Map.of(), null, session.callDeadline());
    }

    /**
     * Makes an environment.
     *
     * @param marks labels of the library's own that it carries besides
     * @param origin the snapshot it begins as, or null
     */
    DrivenEnvironment create(
            EnvironmentSpec spec, Map<String, String> marks, CreateRequest.@Nullable Origin origin, Deadline deadline) {
        making.readLock().lock();
        try {
            session.ensureOpen();
            String name = spec.name().orElseGet(this::madeUpName);
            EnvironmentSpec complete = spec.toBuilder().name(name).build();
            Incarnation made = make(name, complete, marks, origin, deadline);
            DrivenEnvironment environment =
                    new DrivenEnvironment(session, this, made, seen(made.id(), complete, marks), true);
            handles.put(name, environment);
            return environment;
        } finally {
            making.readLock().unlock();
        }
    }

    /** How the environment of a name is, with one question to the engine. */
    Optional<EnvironmentStatus> look(String name) {
        session.ensureOpen();
        try {
            Unit unit = session.driver.inspect(name, session.callDeadline());
            boolean found =
                    unit.engineName().equals(name) && unit.status().name().equals(name);
            return found ? Optional.of(statusOf(unit)) : Optional.empty();
        } catch (NotFoundException none) {
            return Optional.empty();
        }
    }

    /** The handle to an environment of which something was seen. */
    DrivenEnvironment handle(EnvironmentStatus seen) {
        return java.util.Objects.requireNonNull(handles.compute(
                seen.name(),
                (name, known) -> known != null && known.id().equals(seen.id())
                        ? known
                        : new DrivenEnvironment(session, this, Incarnation.found(seen), seen, false)));
    }

    /** Makes something that the session has to know of before it can end. */
    <T> T whileOpen(Supplier<T> work) {
        making.readLock().lock();
        try {
            session.ensureOpen();
            return work.get();
        } finally {
            making.readLock().unlock();
        }
    }

    /** Waits until everything is known that is being made; the session does not let anything more be made. */
    void awaitMaking(Deadline deadline) {
        boolean interrupted = Thread.interrupted();
        try {
            if (making.writeLock().tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                making.writeLock().unlock();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Fetches an image. That may take minutes, during which nothing is being made yet. */
    private void pull(String image) {
        int holds = making.getReadHoldCount();
        for (int i = 0; i < holds; i++) {
            making.readLock().unlock();
        }
        try {
            images.pullResolved(image);
        } finally {
            for (int i = 0; i < holds; i++) {
                making.readLock().lock();
            }
        }
        session.ensureOpen();
    }

    @Override
    public IsolatedEnvironment run(EnvironmentSpec spec) {
        IsolatedEnvironment environment = create(spec);
        try {
            environment.start();
            return environment;
        } catch (CofferdamException failed) {
            Cleanup.after(failed, environment::remove);
            throw failed;
        }
    }

    @Override
    public Optional<IsolatedEnvironment> find(String name) {
        session.ensureOpen();
        try {
            Unit unit = session.driver.inspect(name, session.callDeadline());
            if (unit.engineName().equals(name) && unit.status().name().equals(name)) {
                return Optional.of(handle(unit));
            }
            return Optional.empty();
        } catch (NotFoundException none) {
            return Update.recover(session, name).map(this::handle);
        }
    }

    @Override
    public IsolatedEnvironment get(String name) {
        return find(name).orElseThrow(() -> {
            Set<String> names = new HashSet<>();
            statuses(LabelSelector.all()).forEach(status -> names.add(status.name()));
            List<String> near = Nearest.to(name, names);
            String remedy = names.isEmpty()
                    ? "there are none at all"
                    : near.isEmpty() ? "there is " + some(names) : "did you mean " + quoted(near, " or ") + "?";
            return new NotFoundException(
                    "there is no environment '" + name + "' on the " + session.engine() + " engine; " + remedy);
        });
    }

    private static String some(Set<String> names) {
        List<String> first = names.stream().sorted().limit(MOST_NAMES).toList();
        int more = names.size() - first.size();
        return quoted(first, ", ") + (more == 0 ? "" : " and " + more + " more");
    }

    private static String quoted(List<String> names, String separator) {
        return names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(separator));
    }

    @Override
    public List<IsolatedEnvironment> list(LabelSelector selector) {
        return units(selector).stream()
                .map(unit -> (IsolatedEnvironment) handle(unit))
                .toList();
    }

    @Override
    public List<EnvironmentStatus> statuses(LabelSelector selector) {
        return units(selector).stream().map(this::statusOf).toList();
    }

    private EnvironmentStatus statusOf(Unit unit) {
        DrivenEnvironment known = handles.get(unit.status().name());
        return known != null && known.id().equals(unit.status().id())
                ? known.statusOf(unit)
                : supervisor.overlay(unit.status());
    }

    @Override
    public Batch select(Collection<String> names) {
        Set<String> distinct = new HashSet<>(names);
        return new ParallelBatch(session, () -> {
            Map<String, Supplier<IsolatedEnvironment>> members = new HashMap<>();
            distinct.forEach(name -> members.put(name, () -> get(name)));
            return members;
        });
    }

    @Override
    public Batch select(LabelSelector selector) {
        return new ParallelBatch(session, () -> {
            Map<String, Supplier<IsolatedEnvironment>> members = new HashMap<>();
            list(selector).forEach(environment -> members.put(environment.name(), () -> environment));
            return members;
        });
    }

    /**
     * Makes a unit, with everything it needs to be there.
     *
     * @param engineName its name on the engine
     * @param wanted what it is to be, its name set
     * @param marks labels of the library's own that it carries besides
     * @param origin the snapshot it begins as, or null
     */
    Incarnation make(
            String engineName,
            EnvironmentSpec wanted,
            Map<String, String> marks,
            CreateRequest.@Nullable Origin origin,
            Deadline deadline) {
        EnvironmentSpec spec = completed(wanted);
        Requirements.check(spec, session.driver.capabilities());
        boolean usesImage = origin == null
                && spec.image().isPresent()
                && session.driver.capabilities().has(io.cofferdam.engine.Capability.IMAGES);
        // The unit's labels keep the name its maker used: substitution is a matter of this JVM's configuration.
        EnvironmentSpec asked = usesImage ? images.resolved(spec) : spec;
        boolean pulls = usesImage && session.driver.capabilities().has(Capability.IMAGE_STORE);
        if (pulls && images.mustPull(asked)) {
            pull(asked.image().orElseThrow());
        }
        Map<String, String> labels = labels(spec);
        labels.putAll(marks);
        CreateRequest request = request(engineName, asked, labels).from(origin);
        children.expect(spec.name().orElseThrow(), spec.lifetime());
        session.watcher.expect(spec.lifetime());
        try {
            String id = create(request, pulls, deadline);
            lifetimes.follow(id, labels, this::removeExpired);
            return Incarnation.made(seen(id, spec, labels), spec);
        } catch (CofferdamException failed) {
            if (failed instanceof OperationTimeoutException || failed instanceof OperationInterruptedException) {
                // The engine may have finished what nobody waits for any more.
                Cleanup.after(failed, () -> removeOrphan(engineName));
                lookAgain(engineName, spec.stack());
            }
            spec.stack().ifPresent(stack -> Cleanup.after(failed, () -> stacks.left(stack)));
            throw failed;
        }
    }

    /** An engine that was not waited for may make the unit, or the network, only after they were looked for. */
    private void lookAgain(String engineName, Optional<String> stack) {
        late.expect("a late '" + engineName + "'", () -> {
            // What is just being made under that name is no orphan.
            if (!making.writeLock().tryLock()) {
                return false;
            }
            try {
                removeOrphan(engineName);
            } finally {
                making.writeLock().unlock();
            }
            stack.ifPresent(stacks::left);
            return true;
        });
    }

    /** What the specification leaves open, the configuration decides. */
    private EnvironmentSpec completed(EnvironmentSpec wanted) {
        EnvironmentSpec.Builder spec = wanted.toBuilder()
                .limits(wanted.limits().orElse(session.config.defaultLimits()))
                .startTimeout(wanted.ownStartTimeout().orElse(session.config.startTimeout()));
        // An image would be instead of the template, which is somebody's wish.
        if (wanted.image().isEmpty()
                && wanted.template().isEmpty()
                && session.driver.capabilities().has(Capability.IMAGES)) {
            session.config.defaultImage().ifPresent(spec::withImage);
        }
        return spec.build();
    }

    /** Forgets the handle of an environment that was removed. */
    void forget(DrivenEnvironment environment) {
        handles.remove(environment.name(), environment);
    }

    /** Removes a unit, which is then not taken for removed by somebody else. */
    void removing(String id, Runnable removal) {
        beingRemoved.add(id);
        try {
            removal.run();
        } finally {
            beingRemoved.remove(id);
        }
    }

    /** What others make and remove has consequences here as well. */
    private void heard(UnitEvent event) {
        if (event.kind() == UnitEvent.Kind.CREATED) {
            lifetimes.follow(event.id(), event.labels(), this::removeExpired);
            children.seen(event.labels());
        } else if (event.kind() == UnitEvent.Kind.REMOVED && !beingRemoved.contains(event.id())) {
            handles.values().removeIf(handle -> handle.id().equals(event.id()));
            String name = event.labels().getOrDefault(Labels.ENVIRONMENT, "");
            if (children.isParent(name)) {
                afterwards("children of " + name, () -> children.removedByOthers(name));
            }
            String stack = event.labels().get(Labels.STACK);
            if (stack != null) {
                afterwards("network of stack " + stack, () -> stacks.left(stack));
            }
        }
    }

    /** Removes what went with something that others removed. */
    private void afterwards(String what, Runnable removal) {
        try {
            session.threads.start("removal of " + what, () -> {
                try {
                    removal.run();
                } catch (CofferdamException failed) {
                    if (!session.isClosed()) {
                        LOG.warn("could not remove the {}: {}", what, failed.getMessage());
                    }
                }
            });
        } catch (RejectedExecutionException closing) {
            LOG.debug("the {} is left to others: the engine is closing", what);
        }
    }

    /** What this session has to remove when it ends. */
    List<DrivenEnvironment> endingWithSession() {
        return handles.values().stream()
                .filter(DrivenEnvironment::endsWithSession)
                .toList();
    }

    private String create(CreateRequest request, boolean pulls, Deadline deadline) {
        Optional<String> stack = request.spec().stack();
        Supplier<String> making = () -> session.driver.create(request, deadline);
        Supplier<String> inStack = stack.isPresent() ? () -> stacks.entering(stack.get(), deadline, making) : making;
        try {
            return inStack.get();
        } catch (ImageNotFoundException missing) {
            if (!pulls || request.spec().pullPolicy() != PullPolicy.MISSING) {
                throw missing;
            }
            pull(request.spec().image().orElseThrow());
            return inStack.get();
        }
    }

    private void removeOrphan(String engineName) {
        try {
            Unit unit = session.driver.inspect(engineName, session.callDeadline());
            if (session.owner.equals(unit.status().labels().get(Labels.OWNER))
                    && !handles.containsKey(unit.status().name())) {
                session.driver.remove(unit.status().id(), session.callDeadline());
            }
        } catch (NotFoundException none) {
            LOG.debug("nothing was made as '{}'", engineName);
        }
    }

    private Map<String, String> labels(EnvironmentSpec spec) {
        Map<String, String> labels = new HashMap<>(spec.labels());
        labels.put(Labels.ENVIRONMENT, spec.name().orElseThrow());
        labels.put(Labels.SPEC, SpecJson.write(spec));
        labels.putAll(session.lifetimeLabels(spec.lifetime()));
        spec.stack().ifPresent(stack -> labels.put(Labels.STACK, stack));
        return labels;
    }

    private static CreateRequest request(String engineName, EnvironmentSpec spec, Map<String, String> labels) {
        List<CreateRequest.Membership> memberships = new ArrayList<>();
        inStack(spec).ifPresent(memberships::add);
        spec.networks().forEach((network, aliases) -> memberships.add(membership(network, spec, aliases)));
        return memberships.isEmpty()
                ? new CreateRequest(engineName, spec, labels, null)
                : new CreateRequest(
                        engineName, spec, labels, memberships.get(0), memberships.subList(1, memberships.size()));
    }

    /** How it is known in its stack; empty without one. */
    static Optional<CreateRequest.Membership> inStack(EnvironmentSpec spec) {
        return spec.stack().map(stack -> membership(stack, spec, spec.aliases()));
    }

    private static CreateRequest.Membership membership(String network, EnvironmentSpec spec, List<String> aliases) {
        List<String> names = new ArrayList<>();
        names.add(spec.name().orElseThrow());
        names.addAll(aliases);
        return new CreateRequest.Membership(network, names);
    }

    private EnvironmentStatus seen(String id, EnvironmentSpec spec, Map<String, String> labels) {
        Map<String, String> known = new HashMap<>(labels);
        spec.stack().ifPresent(stack -> known.put(Labels.STACK, stack));
        return new EnvironmentStatus(
                id,
                spec.name().orElseThrow(),
                EnvironmentState.CREATED,
                HealthStatus.NONE,
                null,
                session.clock.instant(),
                null,
                null,
                0,
                false,
                spec.image().orElse(""),
                List.of(),
                known);
    }

    private DrivenEnvironment handle(Unit unit) {
        return handle(unit.status());
    }

    private List<Unit> units(LabelSelector selector) {
        session.ensureOpen();
        List<Unit> units = session.driver.list(selector, session.callDeadline());
        units.forEach(unit -> {
            lifetimes.follow(unit.status().id(), unit.status().labels(), this::removeExpired);
            children.seen(unit.status().labels());
        });
        return units.stream()
                .filter(unit -> !Update.isTransient(unit))
                .sorted(Comparator.comparing(unit -> unit.status().name()))
                .toList();
    }

    private String madeUpName() {
        return String.format(Locale.ROOT, "env-%010x", random.nextLong() & 0xFF_FFFF_FFFFL);
    }

    private void removeExpired(String id) {
        if (session.isClosed()) {
            return;
        }
        for (DrivenEnvironment handle : handles.values()) {
            if (handle.id().equals(id)) {
                handle.removeUnit();
                return;
            }
        }
        try {
            handle(session.driver.inspect(id, session.callDeadline())).removeUnit();
        } catch (NotFoundException gone) {
            LOG.debug("{} was removed before its time was over", id);
        }
    }

    /** Sees to what dead JVMs left: care for what runs, an end for what has lived long enough. */
    private void adopt() {
        try {
            for (Unit unit : session.driver.list(LabelSelector.all(), session.callDeadline())) {
                Map<String, String> labels = unit.status().labels();
                lifetimes.follow(unit.status().id(), labels, this::removeExpired);
                boolean orphaned = Owner.isDead(labels.getOrDefault(Labels.OWNER, ""), session.driver.isLocal());
                children.seen(labels);
                // What its session has left is not to be cared for but to go; the sweep does that.
                boolean ending = "session".equals(labels.get(Labels.LIFETIME));
                if (orphaned && !ending && unit.status().state().isAlive() && !Update.isTransient(unit)) {
                    handle(unit).adopt();
                }
            }
        } catch (CofferdamException failed) {
            if (!session.isClosed()) {
                LOG.warn("could not look for environments that need care: {}", failed.getMessage());
            }
        }
    }
}
