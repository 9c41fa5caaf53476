package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where runs are kept. Every change is written as a whole or not at all. Safe for use by many threads; one in a database also by many
 * processes. Operations throw {@link io.cofferdam.error.StorageException} if the store refuses.
 */
@Experimental
public interface RunStore extends AutoCloseable {

    /**
     * A store in memory, which is gone with this process.
     *
     * @return a new store
     */
    static RunStore inMemory() {
        return new MemoryRunStore();
    }

    /**
     * Keeps a new run.
     *
     * @param run the run, of generation 1
     * @param steps its steps
     * @param events what happened so far
     * @throws io.cofferdam.error.NameTakenException if there is a run of that identifier
     */
    void create(RunRecord run, List<StepRecord> steps, List<PipelineEvent> events);

    /**
     * Writes a change of a run.
     *
     * @param run the run as it is now. Its generation is the one that is stored, or the next one if {@code resumes}
     * @param steps the steps that changed
     * @param events what happened
     * @param resumes whether this takes the run over from whoever ran it
     * @throws io.cofferdam.error.WrongStateException if somebody else took the run over; nothing is written then
     * @throws io.cofferdam.error.NotFoundException if there is no such run
     */
    void write(RunRecord run, List<StepRecord> steps, List<PipelineEvent> events, boolean resumes);

    /**
     * Finds a run.
     *
     * @param id its identifier
     * @return empty if there is none
     */
    Optional<RunRecord> find(String id);

    /**
     * Lists runs.
     *
     * @param pipeline the name of their pipeline; null for all
     * @param limit how many at the most, more than 0
     * @return the newest first
     */
    List<RunRecord> list(@Nullable String pipeline, int limit);

    /**
     * The steps of a run.
     *
     * @param run its identifier
     * @return by their numbers; empty if there is no such run
     */
    List<StepRecord> steps(String run);

    /**
     * What happened in a run.
     *
     * @param run its identifier
     * @param after the number of the last event not wanted; 0 for all
     * @param limit how many at the most, more than 0
     * @return by their numbers
     */
    List<PipelineEvent> events(String run, long after, int limit);

    @Override
    void close();
}
