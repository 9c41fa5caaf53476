package io.cofferdam.kubernetes;

import static java.lang.annotation.ElementType.TYPE;
import static java.lang.annotation.RetentionPolicy.RUNTIME;

import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Marks tests that run on a real engine. Without one they are skipped with the reason; if {@code COFFERDAM_REQUIRE_ENGINES}
 * names {@code kubernetes}, they fail.
 */
@Target(TYPE)
@Retention(RUNTIME)
@Inherited
@ExtendWith(OnKubernetes.Condition.class)
@interface OnKubernetes {

    /** The usual configuration, with patience for a machine that is busy with other tests. */
    EngineConfig CONFIG =
            EngineConfig.builder().discoveryTimeout(Duration.ofSeconds(60)).build();

    /** Looks for the engine as a user's program would. */
    class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            Discovery discovery = new KubernetesProvider().discover(CONFIG);
            if (discovery.isAvailable()) {
                return ConditionEvaluationResult.enabled(discovery.explain());
            }
            String required = System.getenv().getOrDefault("COFFERDAM_REQUIRE_ENGINES", "");
            if (Arrays.asList(required.split("[, ]+", -1)).contains(KubernetesProvider.NAME)) {
                throw new AssertionError("COFFERDAM_REQUIRE_ENGINES asks for kubernetes, but " + discovery.explain());
            }
            return ConditionEvaluationResult.disabled(discovery.explain());
        }
    }
}
