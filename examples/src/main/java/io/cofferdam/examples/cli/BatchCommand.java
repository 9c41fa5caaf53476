package io.cofferdam.examples.cli;

import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands that do the same with several environments and tell how it went with each. */
abstract class BatchCommand extends EngineCommand {

    @Mixin
    private final Selection selection = new Selection();

    /** How long work on instances of a project may take, drains and other work on it included. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private static final String PROJECT =
            "PROJECT, PROJECT/SERVICE and PROJECT/SERVICE/NUMBER mean instances of what was deployed.";

    private final String done;

    /** What else there is to say of an environment, by its name. */
    private final Map<String, List<String>> more = new ConcurrentHashMap<>();

    /** Begins with the word that tells of a success. */
    BatchCommand(String done) {
        this.done = done;
    }

    abstract void change(IsolatedEnvironment environment);

    @Override
    void check() {
        String problem = selection.problem();
        if (problem != null) {
            throw usage(problem);
        }
    }

    @Override
    final int run(Orchestrator engine) {
        BatchResult result = selection.batch(engine).each(this::changeAndLook);
        if (json()) {
            print(document(result));
        } else {
            result.outcomes().forEach(this::tell);
        }
        return result.succeeded() ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** Does the same with a project, a service or an instance, where the command takes them. */
    int change(ProjectPart part) {
        throw usage("'" + part + "' is a project that was deployed; " + "remove it with 'cofferdam down "
                + part.project() + "'");
    }

    @Override
    @Nullable
    final Integer withoutEngine() {
        return selection
                .project(new Projects(terminal().variables()))
                .map(this::change)
                .orElse(null);
    }

    /** Works on instances of a project. */
    final int operate(ProjectPart part, BiConsumer<DeploymentEngine, Duration> work, @Nullable Duration timeout) {
        return with(part, Deployments.Role.OBSERVER, deployments -> {
            DeploymentCommand.latest(deployments, part.project());
            work.accept(deployments.engine(), timeout == null ? PATIENCE : timeout);
            if (json()) {
                Map<String, @Nullable Object> result = Json.object();
                result.put("name", part.toString());
                result.put("succeeded", true);
                result.put("error", null);
                Map<String, @Nullable Object> document = Json.object();
                document.put("results", List.of(result));
                print(document);
            } else {
                terminal().out().println(Text.visible(part.toString()) + " " + done);
            }
            return ExitCode.DONE;
        });
    }

    /** Tells the deployment of a project something. */
    final int signal(ProjectPart part, Deployments.Role role, Consumer<Deployment> signal) {
        if (!part.target().isEmpty()) {
            throw usage("the deployment of a project is " + done + " as a whole; give '" + part.project() + "'");
        }
        return with(
                part,
                role,
                deployments -> SignalCommand.send(
                        deployments,
                        DeploymentCommand.latest(deployments, part.project()),
                        root(),
                        done,
                        DeploymentStatus.COMPLETED,
                        signal));
    }

    private int with(ProjectPart part, Deployments.Role role, ToIntFunction<Deployments> work) {
        Projects projects = new Projects(terminal().variables());
        return DeploymentCommand.with(
                root(), DeploymentCommand.place(root(), projects, part.project()), role, part.project(), work);
    }

    /** Whether environments run afterwards that did not before, so that their ports may have changed. */
    boolean starts() {
        return false;
    }

    private void changeAndLook(IsolatedEnvironment environment) {
        change(environment);
        if (starts() && !json()) {
            more.put(environment.name(), Shown.reached(environment.status()));
        }
    }

    private void tell(BatchResult.Outcome outcome) {
        CofferdamException error = outcome.error();
        if (error == null) {
            terminal().out().println(Text.visible(outcome.name()) + " " + done);
            more.getOrDefault(outcome.name(), List.of()).forEach(terminal().out()::println);
        } else {
            terminal().err().println("cofferdam: " + Text.visibleLines(Failures.message(error)));
        }
    }

    private static Map<String, @Nullable Object> document(BatchResult result) {
        List<Object> results = new ArrayList<>();
        for (BatchResult.Outcome outcome : result.outcomes()) {
            CofferdamException error = outcome.error();
            Map<String, @Nullable Object> document = Json.object();
            document.put("name", outcome.name());
            document.put("succeeded", outcome.succeeded());
            document.put("error", error == null ? null : Failures.document(error));
            results.add(document);
        }
        Map<String, @Nullable Object> document = Json.object();
        document.put("results", results);
        return document;
    }

    @Command(
            name = "start",
            description = {"Starts environments and waits until they are ready.", PROJECT})
    static final class Start extends BatchCommand {

        @Option(names = "--timeout", paramLabel = "D", description = "how long a start may take; default: as created")
        @Nullable
        private Duration timeout;

        Start() {
            super("started");
        }

        @Override
        boolean starts() {
            return true;
        }

        @Override
        int change(ProjectPart part) {
            return operate(part, (engine, time) -> engine.start(part.project(), part.target(), time), timeout);
        }

        @Override
        void change(IsolatedEnvironment environment) {
            if (timeout == null) {
                environment.start();
            } else {
                environment.start(timeout);
            }
        }
    }

    @Command(
            name = "stop",
            description = {"Stops environments: signal, grace period, force. Their files are kept.", PROJECT})
    static final class Stop extends BatchCommand {

        @Option(names = "--grace", paramLabel = "D", description = "time before force; default: as created")
        @Nullable
        private Duration grace;

        Stop() {
            super("stopped");
        }

        @Override
        int change(ProjectPart part) {
            if (grace != null) {
                throw usage("--grace is for environments; what was deployed says itself how long it takes to stop");
            }
            return operate(part, (engine, time) -> engine.stop(part.project(), part.target(), time), null);
        }

        @Override
        void change(IsolatedEnvironment environment) {
            if (grace == null) {
                environment.stop();
            } else {
                environment.stop(grace);
            }
        }
    }

    @Command(
            name = "restart",
            description = {"Stops environments and starts them again.", PROJECT})
    static final class Restart extends BatchCommand {
        Restart() {
            super("restarted");
        }

        @Override
        boolean starts() {
            return true;
        }

        @Override
        int change(ProjectPart part) {
            return operate(part, (engine, time) -> engine.restart(part.project(), part.target(), time), null);
        }

        @Override
        void change(IsolatedEnvironment environment) {
            environment.restart();
        }
    }

    @Command(
            name = "pause",
            description = {
                "Freezes all processes of environments.",
                "With a PROJECT that is being deployed: begins nothing new there until it is resumed."
            })
    static final class Pause extends BatchCommand {
        Pause() {
            super("paused");
        }

        @Override
        int change(ProjectPart part) {
            return signal(part, Deployments.Role.OBSERVER, Deployment::pause);
        }

        @Override
        void change(IsolatedEnvironment environment) {
            environment.pause();
        }
    }

    @Command(
            name = "resume",
            description = {
                "Lets paused environments go on.",
                "With a PROJECT: goes on with its deployment, after a pause or where Ctrl-C left it."
            })
    static final class Resume extends BatchCommand {
        Resume() {
            super("resumed");
        }

        @Override
        int change(ProjectPart part) {
            return signal(part, Deployments.Role.IF_NOBODY_ELSE, Deployment::resume);
        }

        @Override
        void change(IsolatedEnvironment environment) {
            environment.resume();
        }
    }

    @Command(name = "rm", description = "Removes environments with everything that was made for them alone.")
    static final class Remove extends BatchCommand {

        @Option(
                names = {"-f", "--force"},
                description = "also those that run")
        private boolean force;

        Remove() {
            super("removed");
        }

        @Override
        void change(IsolatedEnvironment environment) {
            EnvironmentState state = environment.status().state();
            if (!force && (state.isAlive() || state == EnvironmentState.RESTARTING)) {
                throw new WrongStateException("could not remove '" + environment.name() + "': it is "
                        + Shown.name(state) + "; stop it first or use -f");
            }
            environment.remove();
        }
    }
}
