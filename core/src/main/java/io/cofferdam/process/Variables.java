package io.cofferdam.process;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * The variables that processes are started with. Little is taken over from this JVM, so that an environment is the same
 * wherever it is started from, and secrets of the host application stay with it.
 */
final class Variables {

    private static final Set<String> TAKEN_OVER = Set.of(
            "PATH",
            "LANG",
            "LANGUAGE",
            "TZ",
            "JAVA_HOME",
            "LD_LIBRARY_PATH",
            "DYLD_LIBRARY_PATH",
            // Without these hardly a program starts on Windows.
            "SystemRoot",
            "SystemDrive",
            "COMSPEC",
            "PATHEXT",
            "TEMP",
            "TMP",
            "WINDIR",
            "ProgramFiles",
            "NUMBER_OF_PROCESSORS");

    private Variables() {}

    /**
     * The variables of a process of an environment, weakest first: this JVM's, ours, the network's, the specification's.
     *
     * @param unit the environment
     * @param root its directory
     * @param network what its network tells
     */
    static Map<String, String> of(UnitRecord unit, Path root, Map<String, String> network) {
        Map<String, String> variables = new LinkedHashMap<>();
        System.getenv().forEach((name, value) -> {
            if (TAKEN_OVER.contains(name) || name.startsWith("LC_")) {
                variables.put(name, value);
            }
        });
        variables.putIfAbsent("PATH", Executables.DEFAULT_PATH);
        variables.put("HOME", root.toString());
        // Absolute paths inside are below the directory: with this before it such a path is one of the host.
        variables.put("COFFERDAM_FILES", root.toString());
        variables.putAll(network);
        variables.putAll(unit.spec().env());
        variables.put(ProcessTree.MARK, unit.id());
        return variables;
    }
}
