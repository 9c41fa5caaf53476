package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command that commands are started by, so that they begin as they would from a terminal: in a session of their own, and
 * with no signal ignored. Ignored signals are inherited, and a JVM that was started in the background of a script ignores
 * SIGINT and SIGQUIT, under {@code nohup} SIGHUP; a shell cannot take that back.
 */
final class CleanStart {

    private static final String NAMES = "HUP,INT,QUIT,TERM,USR1,USR2,ALRM";
    /** The bits of {@link #NAMES} in the order of the signals' numbers, which begin with 1. */
    private static final long MASK = bits(1, 2, 3, 10, 12, 14, 15);

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final String IGNORED = "SigIgn:";

    private CleanStart() {}

    /** The words to put before a command; empty where the system has neither of the tools. */
    static List<String> words() {
        List<String> words = new ArrayList<>();
        Executables.onHost("setsid").ifPresent(path -> words.add(path.toString()));
        if (ignoresSignals()) {
            Optional<Path> env = Executables.onHost("env");
            List<String> reset = env.map(path -> List.of(path.toString(), "--default-signal=" + NAMES))
                    .orElse(List.of());
            // An option of GNU's env since 8.31; without it signals stay as they are.
            if (!reset.isEmpty() && works(reset)) {
                words.addAll(reset);
            }
        }
        return List.copyOf(words);
    }

    private static boolean ignoresSignals() {
        try {
            for (String line : Files.readAllLines(STATUS)) {
                if (line.startsWith(IGNORED)) {
                    return ignores(line.substring(IGNORED.length()).strip());
                }
            }
            return false;
        } catch (IOException notLinux) {
            return false;
        }
    }

    static boolean ignores(String mask) {
        return (Long.parseUnsignedLong(mask, 16) & MASK) != 0;
    }

    private static boolean works(List<String> prefix) {
        List<String> words = new ArrayList<>(prefix);
        words.add("true");
        try {
            return Programs.run(new ProcessBuilder(words), "probing env", Deadline.in(Duration.ofSeconds(2)))
                            .exitCode()
                    == 0;
        } catch (IOException notToBeStarted) {
            return false;
        }
    }

    private static long bits(int... signals) {
        long mask = 0;
        for (int signal : signals) {
            mask |= 1L << (signal - 1);
        }
        return mask;
    }
}
