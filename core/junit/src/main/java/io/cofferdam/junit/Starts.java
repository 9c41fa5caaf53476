package io.cofferdam.junit;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The start of a group: each on a thread of its own, which first waits for what it depends on. */
final class Starts {

    /** On every environment: which test or class it was made for. */
    static final String LABEL = "cofferdam-test";

    private final Group group;
    private final Session session;
    private final String title;
    private final List<Declaration> declared;

    @Nullable
    private final Declaration pooled;

    private final Map<String, CompletableFuture<Member>> ready = new LinkedHashMap<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    Starts(Group group, String title, List<Declaration> declared, @Nullable Declaration pooled) {
        this.group = group;
        this.session = group.session;
        this.title = title;
        this.declared = declared;
        this.pooled = pooled;
    }

    void run() {
        if (declared.isEmpty()) {
            return;
        }
        declared.forEach(declaration -> ready.put(declaration.name(), new CompletableFuture<>()));
        List<Thread> starting = new ArrayList<>();
        for (Declaration declaration : declared) {
            starting.add(session.threads.start("start", () -> start(declaration)));
        }
        boolean interrupted = awaitAll(starting);
        Throwable failed = failure.get();
        if (failed == null && !interrupted) {
            return;
        }
        RuntimeException thrown = interrupted
                ? new OperationInterruptedException(
                        "starting the environments of " + title + " was interrupted", failed)
                : failed instanceof RuntimeException unchecked
                        ? unchecked
                        : new CofferdamException(
                                "could not start the environments of " + title + ": " + failed, failed);
        try {
            group.close();
        } catch (RuntimeException left) {
            thrown.addSuppressed(left);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        throw thrown;
    }

    /** An interrupt is passed on, and what was begun is awaited: it clears up after itself. */
    private static boolean awaitAll(List<Thread> starting) {
        boolean interrupted = false;
        for (int i = 0; i < starting.size(); ) {
            try {
                starting.get(i).join();
                i++;
            } catch (InterruptedException e) {
                interrupted = true;
                starting.forEach(Thread::interrupt);
            }
        }
        return interrupted;
    }

    private void start(Declaration declaration) {
        CompletableFuture<Member> promise = Objects.requireNonNull(ready.get(declaration.name()));
        try {
            List<Member> needed = needed(declaration);
            promise.complete(make(declaration, needed));
        } catch (Throwable failed) {
            failure.compareAndSet(null, failed);
            promise.completeExceptionally(failed);
        }
    }

    /** Waits for them. */
    private List<Member> needed(Declaration declaration) throws Exception {
        List<Member> needed = new ArrayList<>();
        for (String name : declaration.dependsOn()) {
            CompletableFuture<Member> beside = ready.get(name);
            try {
                needed.add(beside == null ? group.find(name, declaration.where()) : beside.get());
            } catch (ExecutionException failed) {
                throw new CofferdamException(
                        "'" + declaration.name() + "' was not started, because '" + name + "' was not",
                        failed.getCause());
            }
        }
        if (pooled != null && !pooled.name().equals(declaration.name())) {
            // The others are in the network of the one that comes from a pool.
            CompletableFuture<Member> first = ready.get(pooled.name());
            if (first != null) {
                awaited(first, declaration.name(), pooled.name());
            }
        }
        return needed;
    }

    private static Member awaited(CompletableFuture<Member> other, String name, String otherName)
            throws InterruptedException {
        try {
            return other.get();
        } catch (ExecutionException failed) {
            throw new CofferdamException(
                    "'" + name + "' was not started, because '" + otherName + "' was not", failed.getCause());
        }
    }

    private Member make(Declaration declaration, List<Member> needed) throws Exception {
        if (declaration.scope() == Scope.RUN) {
            Member member = RunEnvironments.get(session, declaration);
            group.add(member, false);
            return member;
        }
        if (declaration.pool() > 0) {
            Member member = PooledEnvironments.claim(session, declaration);
            group.add(member, true);
            return member;
        }
        String stack = declaration.stack().isEmpty() ? group.stack() : group.stack() + "-" + declaration.stack();
        String name = session.unique(declaration.name());
        EnvironmentSpec spec =
                spec(session, declaration, name, title).stack(stack).build();
        for (Member other : needed) {
            spec = joined(spec, other);
        }
        session.histories.begin(name);
        IsolatedEnvironment environment;
        try {
            environment = session.engine.environments().run(spec);
        } catch (RuntimeException failed) {
            session.histories.forget(name);
            throw failed;
        }
        Member member = new Member(session, declaration, environment, null, false);
        group.add(member, true);
        member.remember();
        return member;
    }

    /** A member of the network of what it depends on, where that has another. */
    private EnvironmentSpec joined(EnvironmentSpec spec, Member other) {
        String theirs = other.spec().stack().orElse("");
        if (theirs.isEmpty()
                || theirs.equals(spec.stack().orElse(""))
                || spec.networks().containsKey(theirs)) {
            return spec;
        }
        session.engine
                .capabilities()
                .require(
                        Capability.SEVERAL_NETWORKS,
                        "give '" + other.declaration.name()
                                + "' and what depends on it the same scope and stack, so that "
                                + "they share one network");
        return spec.toBuilder().network(theirs).build();
    }

    /** What a declaration comes to on the engine of the session. */
    static EnvironmentSpec.Builder spec(Session session, Declaration declaration, String name, String title) {
        EnvironmentSpec spec = declaration.preset().spec(session.engine.capabilities());
        EnvironmentSpec.Builder builder = spec.toBuilder().name(name).alias(declaration.name());
        if (!title.isEmpty()) {
            builder.label(LABEL, title);
        }
        session.settings.pullPolicy().ifPresent(builder::pullPolicy);
        session.settings.keep().ifPresent(time -> builder.lifetime(Lifetime.ttl(time)));
        return builder;
    }
}
