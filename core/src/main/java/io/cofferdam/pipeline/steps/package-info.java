/** The step types of this library; start reading at {@link io.cofferdam.pipeline.steps.BuiltInSteps}. Not exported. */
@NullMarked
package io.cofferdam.pipeline.steps;

import org.jspecify.annotations.NullMarked;
