package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A type of steps. Found by {@link java.util.ServiceLoader}, or given to {@link PipelineEngine}. A provider is made once and used for
 * all steps of its type, by several threads at once; it keeps nothing between steps. Its contract tests are {@code StepContract} of
 * {@code cofferdam-tck}.
 */
@Experimental
public interface StepProvider {

    /**
     * The name of the type.
     *
     * @return for example {@code docker_build}: {@code a-z}, {@code 0-9} and {@code _}; always the same
     */
    String type();

    /**
     * What can be written in such steps, and what they have as results.
     *
     * @return always the same
     */
    StepSchema schema();

    /**
     * Looks at a configuration before anything runs: at what shapes cannot tell. Asks no engine, opens no file.
     *
     * @param config the configuration; values may be text with expressions in it, which fits everything
     * @param flowing the results of earlier steps that can be read by their names alone, such as {@code docker_image}
     * @return all problems; each {@link Problem#where()} is a path in the configuration, such as {@code docker_tag}
     */
    default List<Problem> check(StepConfig config, Set<String> flowing) {
        return List.of();
    }

    /**
     * What the results depend on besides the configuration, for steps whose results are taken again: the content of what the
     * configuration only names, such as the folder of a build.
     *
     * @param context what the step would work with
     * @return names for people, and digests
     * @throws java.io.IOException if it cannot be read
     */
    default Map<String, String> inputs(StepContext context) throws java.io.IOException {
        return Map.of();
    }

    /**
     * Whether what an earlier run of such a step made is there still, so that its results can be taken again.
     *
     * @param context what the step would work with
     * @param results the results of the earlier run
     * @return false if it has to be made again
     */
    default boolean isStillThere(StepContext context, Map<String, ?> results) {
        return true;
    }

    /**
     * Does one attempt. An interrupt means that the attempt is over, by a cancel or a timeout: it returns or throws as soon as it
     * can; what it registered with {@link StepContext#onExit} is done after that, without the interrupt. It changes nothing of the
     * interrupt but to set it again where it was cleared.
     *
     * @param context what it is to do, and with what
     * @return the results: at least those its schema names, of text, numbers, truth values, nulls, lists and maps. Secrets in
     *     them are masked before anybody sees them
     * @throws StepFailedException if what it was to do failed, with whose fault it is
     * @throws InterruptedException if it was interrupted
     * @throws io.cofferdam.error.CofferdamException as engines throw it; whose fault it is follows from its type
     */
    Map<String, ?> run(StepContext context) throws InterruptedException;
}
