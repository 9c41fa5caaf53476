package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Gives the tests of a class isolated environments: databases, servers, whatever they need, on Docker, Kubernetes or as processes.
 *
 * <pre>{@code
 * @CofferdamTest
 * class OrdersTest {
 *     @Environment
 *     static final Preset DATABASE = Presets.postgresql();
 *
 *     @Test
 *     void isReached(ConnectionDetails database) throws SQLException {
 *         try (var connection = database.connect()) {
 *             assertTrue(connection.isValid(1));
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p>What is declared with {@link Environment} runs and is ready before the tests; {@link From} injects what the tests need of it.
 * Environments end with the tests they were made for, and within seconds when the JVM of the tests is killed. All of it may be
 * used by tests that run concurrently ({@code junit.jupiter.execution.parallel}). When a test fails, its report has the last log lines,
 * the exit code, the history and the state of every environment it could see, without the values of secrets.
 *
 * <p>Applies to nested and derived classes too, which may have an annotation of their own. For a choice made in code see
 * {@link CofferdamExtension#builder()}. The configuration in {@code cofferdam.properties} and in system properties is described in
 * the module's README.
 */
@Documented
@Inherited
@Target({ElementType.TYPE, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(CofferdamExtension.class)
@Experimental
public @interface CofferdamTest {

    /**
     * The engine.
     *
     * @return {@code docker}, {@code kubernetes} or {@code process}; empty for the configured one ({@code cofferdam.engine}), else
     *     Docker if it is reachable, else processes
     */
    String engine() default "";

    /**
     * What happens when the engine cannot be reached.
     *
     * @return true to fail the tests, with every place that was looked at; false to skip them, with the same reason in the
     *     report. The configuration can make every engine required ({@code cofferdam.required=true})
     */
    boolean required() default true;
}
