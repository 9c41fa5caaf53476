package io.cofferdam.tck;

import io.cofferdam.environment.EnvironmentSpec;
import java.util.List;

/**
 * The software that the contract tests run, in the form in which an engine takes it: an image, a command, or both. There
 * are two implementations to choose from, {@link #onHost()} and {@link #inImage}; an engine that fits neither brings its
 * own.
 *
 * <p>All programs start in the directory that the absolute paths of copies and mounts begin at, unless the test sets a
 * working directory: what a test copies to {@code /data} is {@code data} to the program.
 */
public interface Programs {

    /**
     * A POSIX shell script. The tests use {@code cat cut echo env head id kill ln ls mkdir printf readlink rm sleep touch
     * tr wc} besides what the shell has built in.
     *
     * @param script the text handed to {@code sh -c}
     * @return a builder with the software set and nothing else
     */
    EnvironmentSpec.Builder shell(String script);

    /**
     * A web server that listens where software of the engine listens: on every address of a container, and on
     * {@code COFFERDAM_ADDRESS} where that variable is set. At its start it makes the directory {@code www} and writes the
     * value of the variable {@code GREETING} ({@code hello} if unset) to {@code www/index.html}. It answers
     * {@code GET /} with that file, {@code GET /NAME} with the file {@code www/NAME} as it is at that moment, and with 404
     * if there is none. {@code SIGTERM} ends it.
     *
     * @param port the port inside
     * @return a builder with the software set and nothing else; the port is not published
     */
    EnvironmentSpec.Builder web(int port);

    /**
     * A command that runs in any of these programs and asks a web server.
     *
     * @param host a name or an address
     * @param port its port
     * @return a command that prints the body of {@code http://host:port/} and exits with 0, or exits with something else
     *     within 10 seconds if there is no answer. Names are resolved in the way the engine has for software of its kind
     */
    List<String> fetch(String host, int port);

    /**
     * A command that runs in any of these programs and asks the system's resolver. Called only where the engine has
     * {@link io.cofferdam.engine.Capability#NAME_RESOLUTION}.
     *
     * @param host a name
     * @return a command that exits with 0 if the name is known, and with something else if it is not
     */
    List<String> resolve(String host);

    /**
     * Programs of this host: {@code sh} and the {@code java} that runs the tests. For engines that run processes of the
     * host.
     *
     * @return the programs
     */
    static Programs onHost() {
        return new HostPrograms();
    }

    /**
     * Programs of a container image.
     *
     * @param image an image with busybox's {@code sh}, {@code httpd}, {@code nslookup} and {@code wget}, whose working
     *     directory is the root
     * @return the programs
     */
    static Programs inImage(String image) {
        return new ImagePrograms(image);
    }
}
