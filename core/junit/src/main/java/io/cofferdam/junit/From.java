package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Injects something of an environment into a field or a parameter of a test, a lifecycle method or, for environments of a class or
 * the run, a constructor.
 *
 * <pre>{@code
 * @Test
 * void answers(@From("web") URI web, @From("database") ConnectionDetails database) { … }
 * }</pre>
 *
 * <table>
 * <caption>What is injected</caption>
 * <tr><th>type</th><th>value</th></tr>
 * <tr><td>{@link io.cofferdam.environment.IsolatedEnvironment}</td><td>the environment itself</td></tr>
 * <tr><td>{@link ConnectionDetails}</td><td>address, credentials and URIs</td></tr>
 * <tr><td>{@link io.cofferdam.environment.Endpoint}, {@link java.net.InetSocketAddress}</td><td>where a port is reached</td></tr>
 * <tr><td>{@link java.net.URI}, {@link String}</td><td>the preset's connection URI, or {@code scheme://host:port}; {@code String} has
 * the JDBC URL where the preset has one</td></tr>
 * <tr><td>{@code int}, {@link Integer}</td><td>the port to connect to</td></tr>
 * <tr><td>{@link EnvironmentLogs}</td><td>what it wrote</td></tr>
 * <tr><td>{@link io.cofferdam.stack.Stack}</td><td>the stack it is in</td></tr>
 * </table>
 *
 * <p>Parameters of the types {@code IsolatedEnvironment}, {@code ConnectionDetails} and {@code EnvironmentLogs} need no annotation
 * where a test can see one environment only. {@link io.cofferdam.engine.Orchestrator} never needs one.
 *
 * <p>Instance fields are set before the methods with {@code @BeforeEach}, static ones before those with {@code @BeforeAll}, and
 * again after a reset, which may change ports.
 */
@Documented
@Target({ElementType.FIELD, ElementType.PARAMETER})
@Retention(RetentionPolicy.RUNTIME)
@Experimental
public @interface From {

    /**
     * Which environment.
     *
     * @return its name; empty where there is one only
     */
    String value() default "";

    /**
     * Which port.
     *
     * @return the port inside; 0 for the preset's, or the only one that is published
     */
    int port() default 0;

    /**
     * The scheme of a {@link java.net.URI}.
     *
     * @return for example {@code https}; empty for the preset's, else {@code http}
     */
    String scheme() default "";
}
