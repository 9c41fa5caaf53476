package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Orchestrator;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What an attempt of a step works with. Belongs to that attempt; its methods may be called from any thread while it lasts. */
@Experimental
public interface StepContext {

    /** Something to be done at the end of an attempt. */
    @FunctionalInterface
    interface Exit {

        /** Does it. What it throws is written into the step's standard error, and changes nothing about the step's outcome. */
        void run();
    }

    /**
     * The identifier of the run.
     *
     * @return unique among runs
     */
    String run();

    /**
     * The name of the step.
     *
     * @return unique in the pipeline; of a matrix, with the values of its combination
     */
    String step();

    /**
     * Which attempt this is.
     *
     * @return from 1
     */
    int attempt();

    /**
     * The step's configuration, every expression replaced.
     *
     * @return the configuration
     */
    StepConfig config();

    /**
     * A result of an earlier step by its name alone.
     *
     * @param name for example {@code docker_image}
     * @return of the last step before this one, directly or not, that has it; empty if none has
     */
    Optional<Object> flowing(String name);

    /**
     * The engine the step runs on: the one it names, or the usual one of its type.
     *
     * @return the engine, not to be closed
     * @throws StepFailedException if there is none of that name
     */
    Orchestrator engine();

    /**
     * An engine by its name.
     *
     * @param name for example {@code process}
     * @return the engine, not to be closed
     * @throws StepFailedException if there is none of that name
     */
    Orchestrator engine(String name);

    /**
     * What registries and clusters are called.
     *
     * @return the catalogue of the host application
     */
    Catalogue catalogue();

    /**
     * The folder relative paths of the configuration are taken from.
     *
     * @return an absolute path
     */
    Path folder();

    /**
     * The services beside the step, started when they are first asked for, and what it shares with them.
     *
     * @return the name of the stack they are in; empty if the step has none
     */
    Optional<String> services();

    /**
     * What is to be copied in before the software of the step begins, and out after it.
     *
     * @return the step's artifacts
     */
    StepArtifacts artifacts();

    /**
     * Where the step's standard output goes. Secrets are masked, also if they are written in parts.
     *
     * @return the stream; closing it does nothing
     */
    OutputStream stdout();

    /**
     * Where the step's standard error goes. Secrets are masked, also if they are written in parts.
     *
     * @return the stream; closing it does nothing
     */
    OutputStream stderr();

    /**
     * The last lines of both streams, for errors.
     *
     * @return at most 20, secrets masked
     */
    List<String> lastLines();

    /**
     * Until when the attempt has to be over.
     *
     * @return the deadline, perhaps none
     */
    Deadline deadline();

    /**
     * How long the step's software has to end when it is stopped.
     *
     * @return 10 s unless the step says otherwise
     */
    Duration grace();

    /**
     * Registers what has to be done at the end of the attempt, however it ends: stopping and removing what it made. The last one
     * registered is done first.
     *
     * @param what what it does, for messages: {@code "removing container 'x'"}
     * @param exit the action; blocking calls in it are not interrupted by the cancel that ends the attempt
     */
    void onExit(String what, Exit exit);

    /**
     * Masks secrets.
     *
     * @param text any text
     * @return the text with three stars in place of each secret of the run, in whatever form
     */
    String masked(String text);
}
