package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A run that goes on, or has ended. Safe for use by many threads. Letting go of it changes nothing about the run. */
@Experimental
public interface PipelineRun {

    /**
     * Its identifier.
     *
     * @return unique among runs: letters and digits
     */
    String id();

    /**
     * The run as it is now.
     *
     * @return its record
     */
    RunRecord record();

    /**
     * Its steps as they are now.
     *
     * @return in the order of the pipeline; of a matrix one for each combination
     */
    List<StepRecord> steps();

    /**
     * How much of it is done.
     *
     * @return how many steps of a hundred have ended, 0 to 100
     */
    int progress();

    /**
     * Waits until it has ended.
     *
     * @param timeout how long to wait at the most
     * @return its record, with how it ended
     * @throws io.cofferdam.error.OperationTimeoutException if it has not ended by then; it goes on
     * @throws io.cofferdam.error.OperationInterruptedException if the caller was interrupted; it goes on
     * @throws io.cofferdam.error.CofferdamException if it was broken off: the store failed, or the engine was closed
     */
    RunRecord await(Duration timeout);

    /**
     * The end of the run.
     *
     * @return a future of its own, completed with the record however the run ends; with a failure if it is broken off
     */
    CompletableFuture<RunRecord> completion();

    /**
     * Cancels it: what runs is stopped, within its grace period and a second; nothing else begins but steps that run always. Called
     * a second time, these are stopped as well. Returns at once. Does nothing if the run has ended.
     */
    void cancel();

    /**
     * Copies what a step wrote, in all of its attempts, as far as it is kept.
     *
     * @param step the step's name
     * @param stdout where its standard output goes
     * @param stderr where its standard error goes; may be the same
     * @throws io.cofferdam.error.NotFoundException if the run has no such step
     */
    void copyOutput(String step, OutputStream stdout, OutputStream stderr);
}
