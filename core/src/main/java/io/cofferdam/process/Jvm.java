package io.cofferdam.process;

import java.util.UUID;

/**
 * This opened engine as the holder of claims: the JVM, and which of several engines opened in it.
 *
 * @param process the JVM
 * @param token how it is written
 */
record Jvm(ProcessKey process, String token) {

    static Jvm of(ProcessTable processes) {
        ProcessKey self = processes.self();
        return new Jvm(self, self + "-" + UUID.randomUUID());
    }

    /** Whether the JVM that wrote a token is alive. */
    static boolean isAlive(ProcessTable processes, String token) {
        String[] parts = token.split("-", 3);
        if (parts.length < 3 || !parts[0].matches("\\d{1,18}")) {
            return false;
        }
        return processes.isAlive(new ProcessKey(Long.parseLong(parts[0]), parts[1]));
    }
}
