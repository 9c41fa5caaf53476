package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Readiness;
import java.nio.file.Path;

/** What the sample classes run: the same on every engine. */
final class Samples {

    static final String IMAGE = "cofferdam-test/busybox:2";
    static final int PORT = 8080;

    private Samples() {}

    /** Says a line and goes on, until it is told to end with a code by a file. */
    static EnvironmentSpec says(String line) {
        return shell("echo '" + line + "'; while [ ! -e end ]; do sleep 0.1; done; echo ending >&2; exit $(cat end)")
                .readyWhen(Readiness.log(line))
                .build();
    }

    static EnvironmentSpec.Builder shell(String script) {
        return EnvironmentSpec.image(IMAGE).withCommand("sh", "-c", script);
    }

    /** Answers requests with a greeting. */
    static Preset web(String greeting) {
        return Preset.of(EnvironmentSpec.image("cofferdam-test/web:2")
                        .withCommand("sh", "-c", "echo \"$GREETING\" >/www/index.html; exec /bin/web")
                        .env("GREETING", greeting)
                        .port(PORT)
                        .readyWhen(Readiness.http(PORT, "/"))
                        .build())
                .withProcess(EnvironmentSpec.command(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-cp",
                                classPath(),
                                WebSample.class.getName())
                        .env("GREETING", greeting)
                        .port(PORT)
                        .readyWhen(Readiness.http(PORT, "/"))
                        .build());
    }

    private static String classPath() {
        return Path.of(java.net.URI.create(Samples.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString()))
                .toString();
    }
}
