package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Declares an environment that is started, and ready, before the tests that can see it, and removed after them.
 *
 * <p>On a field of the type {@link Preset} or {@link io.cofferdam.environment.EnvironmentSpec} whose value says what to run:
 *
 * <pre>{@code
 * @Environment
 * static final Preset DATABASE = Presets.postgresql("postgres:16");          // once for the class
 *
 * @Environment(dependsOn = "database")
 * final EnvironmentSpec web = EnvironmentSpec.image("shop/web:2")             // for each test
 *         .env("DATABASE", "postgresql://database:5432/test").port(8080).build();
 * }</pre>
 *
 * <p>or on a field or a parameter of a test method of a type that {@link From} can inject, with {@link #image()} or
 * {@link #command()}:
 *
 * <pre>{@code
 * @Test
 * void caches(@Environment(image = "redis:7", ports = 6379) InetSocketAddress redis) { … }
 * }</pre>
 *
 * <p>Environments of the same {@link Scope} begin side by side, except for what {@link #dependsOn()} orders. They share one
 * isolated network and reach each other by their names; no two tests, classes or runs share a network or a name on the
 * engine. One that depends on an environment of a longer life joins that one's network too, which needs
 * {@code Capability.SEVERAL_NETWORKS}: Docker has it, processes have not.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Experimental
public @interface Environment {

    /**
     * Its name: for {@link From}, and as the host name by which the other environments reach it.
     *
     * @return as {@code EnvironmentSpec} takes names; empty for the name of the field or parameter in lower case with hyphens:
     *     {@code orderDatabase} and {@code ORDER_DATABASE} become {@code order-database}
     */
    String name() default "";

    /**
     * How long it lives.
     *
     * @return the scope
     */
    Scope scope() default Scope.AUTOMATIC;

    /**
     * Environments that are ready before this one is started.
     *
     * @return names of environments of the same or a longer life
     */
    String[] dependsOn() default {};

    /**
     * Which of its scope it shares a network with.
     *
     * @return those that name the same stack share one; empty for the one of all that name none
     */
    String stack() default "";

    /**
     * How it is put back before each test that did not start it. Tests of a class that run concurrently cannot share an
     * environment that is put back; a {@link #pool()} gives each its own.
     *
     * @return how
     */
    Reset reset() default Reset.NONE;

    /**
     * Takes the environment from a pool that the run keeps ready, in {@link Scope#METHOD} only: each test claims one, in whose
     * network the other environments of the test are; after the test it is put back as {@link #reset()} says, or replaced.
     *
     * @return how many are kept ready, as many as tests run at once; 0 for no pool
     */
    int pool() default 0;

    /**
     * Keeps the environment for later runs, in {@link Scope#RUN} only: one with the same content is taken as it is.
     *
     * @return how long after it was made it is removed, for example {@code 2h}; empty to remove it after the run
     */
    String reuse() default "";

    /**
     * The image, where the field's value does not say what to run.
     *
     * @return an image reference, or empty
     */
    String image() default "";

    /**
     * The command, where the field's value does not say what to run.
     *
     * @return the program and its arguments; empty for the image's own
     */
    String[] command() default {};

    /**
     * The ports to publish, where the field's value does not say what to run.
     *
     * @return TCP ports inside
     */
    int[] ports() default {};

    /**
     * The variables, where the field's value does not say what to run.
     *
     * @return {@code NAME=value} each
     */
    String[] env() default {};
}
