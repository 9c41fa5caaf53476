/**
 * Pipelines: steps that build, run, push, deploy and test, as code or as a file. Start at {@link io.cofferdam.pipeline.Pipeline} for
 * what they are, {@link io.cofferdam.pipeline.PipelineLoader} for files, {@link io.cofferdam.pipeline.PipelineEngine} for running them
 * and {@link io.cofferdam.pipeline.StepProvider} for step types of one's own. Looks at engines.
 */
@NullMarked
package io.cofferdam.pipeline;

import org.jspecify.annotations.NullMarked;
