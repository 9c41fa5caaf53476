package io.cofferdam.stack;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Batch;
import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.resource.Network;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Instances that share one isolated network of their own, in which they reach each other by name. The network is made
 * with the first instance and goes with the last, whoever removes it; a stack needs neither creating nor closing.
 *
 * <pre>{@code
 * Stack lamp = Stack.of(engine, "lamp");
 * lamp.run(EnvironmentSpec.image("mysql:8").name("lamp-mysql-01").secretEnv("MYSQL_ROOT_PASSWORD", secret).build());
 * lamp.run(EnvironmentSpec.image("httpd:2").name("lamp-apache-01").port(80).build());   // reaches lamp-mysql-01:3306
 * }</pre>
 *
 * <p>Thread-safe, as the orchestrator is.
 */
public final class Stack {

    private final Orchestrator engine;
    private final String name;

    private Stack(Orchestrator engine, String name) {
        this.engine = engine;
        this.name = name;
    }

    /**
     * The stack of a name, whether or not it has instances.
     *
     * @param engine where its instances run
     * @param name 1 to 63 of {@code a-z 0-9 -}, beginning and ending with a letter or digit; checked with the first instance
     * @return the stack
     */
    public static Stack of(Orchestrator engine, String name) {
        return new Stack(Objects.requireNonNull(engine, "engine"), Objects.requireNonNull(name, "name"));
    }

    /**
     * The stack's name.
     *
     * @return its name
     */
    public String name() {
        return name;
    }

    /**
     * Makes an instance without starting it.
     *
     * @param spec what it is to be; becomes a member of this stack
     * @return its handle
     * @see io.cofferdam.environment.Environments#create
     */
    public IsolatedEnvironment create(EnvironmentSpec spec) {
        return engine.environments().create(member(spec));
    }

    /**
     * Makes an instance, starts it and waits until it is ready; one that does not get that far is removed again.
     *
     * @param spec what it is to be; becomes a member of this stack
     * @return its handle
     * @see io.cofferdam.environment.Environments#run
     */
    public IsolatedEnvironment run(EnvironmentSpec spec) {
        return engine.environments().run(member(spec));
    }

    /**
     * The instances of the stack, by whichever JVM they were made.
     *
     * @return handles, by name
     */
    public List<IsolatedEnvironment> instances() {
        return engine.environments().list(selector());
    }

    /**
     * How the instances of the stack are, with one question to the engine.
     *
     * @return their status, by name
     */
    public List<EnvironmentStatus> statuses() {
        return engine.environments().statuses(selector());
    }

    /**
     * All instances, to do the same with each.
     *
     * @return the batch
     */
    public Batch all() {
        return engine.environments().select(selector());
    }

    /**
     * The stack's network.
     *
     * @return empty while the stack has no instance
     */
    public Optional<Network> network() {
        return engine.networks().find(name);
    }

    /**
     * Removes all instances, and the network with them.
     *
     * @return how it went, for each instance
     */
    public BatchResult remove() {
        return all().remove();
    }

    private LabelSelector selector() {
        return LabelSelector.of(Labels.STACK, name);
    }

    private EnvironmentSpec member(EnvironmentSpec spec) {
        return spec.toBuilder().stack(name).build();
    }
}
