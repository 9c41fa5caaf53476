package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.internal.yaml.Emitter;
import java.util.Map;

/**
 * Writes pipelines as files that {@link PipelineLoader} reads again as equal pipelines. Templates and includes are written as what they
 * came to. Secrets are only named in a pipeline, so that none is in what is written.
 */
@Experimental
public final class PipelineWriter {

    private PipelineWriter() {}

    /**
     * Writes YAML.
     *
     * @param pipeline the pipeline
     * @return the content of a file
     */
    public static String yaml(Pipeline pipeline) {
        return Emitter.yaml(Map.of("pipeline", PipelineForm.written(pipeline)), false);
    }

    /**
     * Writes JSON.
     *
     * @param pipeline the pipeline
     * @return the content of a file
     */
    public static String json(Pipeline pipeline) {
        return Data.prettyJson(Map.of("pipeline", PipelineForm.written(pipeline))) + "\n";
    }
}
