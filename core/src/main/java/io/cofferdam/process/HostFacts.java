package io.cofferdam.process;

import io.cofferdam.engine.EngineInfo;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** What is told of this host. */
final class HostFacts {

    private static final Path MEMORY = Path.of("/proc/meminfo");
    private static final String TOTAL = "MemTotal:";
    private static final long BYTES_PER_KIB = 1024;

    private HostFacts() {}

    static EngineInfo info(Host host, Path state, Map<String, String> details) {
        return new EngineInfo(
                ProcessProvider.NAME,
                System.getProperty("os.version", ""),
                "",
                state.toUri().toString(),
                host.systemName(),
                architecture(),
                Runtime.getRuntime().availableProcessors(),
                memory(host),
                details);
    }

    /** More facts: whether stacks get namespaces, and if not, why. */
    static Map<String, String> details(String withoutNamespaces) {
        return Map.of("namespaces", withoutNamespaces.isEmpty() ? "for stacks" : "none: " + withoutNamespaces);
    }

    private static String architecture() {
        String name = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
        return switch (name) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> name;
        };
    }

    private static long memory(Host host) {
        return host != Host.LINUX
                ? 0
                : AtomicFile.read(MEMORY)
                                .flatMap(text -> text.lines()
                                        .filter(line -> line.startsWith(TOTAL))
                                        .findFirst())
                                .map(line -> line.substring(TOTAL.length())
                                        .replace("kB", "")
                                        .strip())
                                .map(Long::parseLong)
                                .orElse(0L)
                        * BYTES_PER_KIB;
    }
}
