package io.cofferdam.process;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Finds programs as a shell would, so that one that cannot be started is told before anything is. */
final class Executables {

    /** Where programs are looked for when nothing says otherwise. */
    static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Executables() {}

    /**
     * Where a program is.
     *
     * @param file the program's file, if there is any of that name
     * @param executable whether it can be executed
     */
    record Found(Optional<Path> file, boolean executable) {}

    /**
     * Looks for a program.
     *
     * @param program its name, or a path if there is a slash in it
     * @param directory what a relative path is taken from
     * @param env the variables, of which {@code PATH} is used
     */
    static Found find(String program, Path directory, Map<String, String> env) {
        if (program.indexOf('/') >= 0 || program.indexOf(File.separatorChar) >= 0) {
            Path file = directory.resolve(program);
            return Files.exists(file)
                    ? new Found(Optional.of(file), isProgram(file))
                    : new Found(Optional.empty(), false);
        }
        Optional<Path> present = Optional.empty();
        for (String entry : env.getOrDefault("PATH", DEFAULT_PATH).split(File.pathSeparator, -1)) {
            Path file = directory.resolve(entry.isEmpty() ? "." : entry).resolve(program);
            if (isProgram(file)) {
                return new Found(Optional.of(file), true);
            }
            if (present.isEmpty() && Files.isRegularFile(file)) {
                present = Optional.of(file);
            }
        }
        return new Found(present, false);
    }

    /** Looks for a program of the host in this JVM's own path, then in the usual places. */
    static Optional<Path> onHost(String program) {
        Map<String, String> path = Map.of("PATH", System.getenv().getOrDefault("PATH", "") + ":" + DEFAULT_PATH);
        Found found = find(program, Path.of("/"), path);
        return found.executable() ? found.file() : Optional.empty();
    }

    private static boolean isProgram(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
