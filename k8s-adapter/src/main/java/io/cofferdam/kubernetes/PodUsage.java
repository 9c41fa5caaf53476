package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pod uses, read from its control group by its own shell: that is there on every cluster, while the metrics of a
 * cluster are an add-on that looks every minute only. Both versions of control groups are known.
 */
final class PodUsage {

    private static final String READ = """
        r() { [ -r "/sys/fs/cgroup/$1" ] && IFS= read -r v <"/sys/fs/cgroup/$1" && echo "$2 $v"; }
        r memory.current memory || r memory/memory.usage_in_bytes memory
        r memory.max limit || r memory/memory.limit_in_bytes limit
        r pids.current pids || r pids/pids.current pids
        r cpuacct/cpuacct.usage nanos
        for f in cpu.stat memory.stat memory/memory.stat; do
          [ -r "/sys/fs/cgroup/$f" ] || continue
          while read -r k v; do
            case $k in usage_usec|inactive_file|total_inactive_file) echo "$k $v";; esac
          done <"/sys/fs/cgroup/$f"
        done
        :
        """;

    /** What a control group of version 1 without a limit says is near the largest number there is. */
    private static final long NO_LIMIT = Long.MAX_VALUE / 2;

    private final Exec exec;

    PodUsage(Exec exec) {
        this.exec = exec;
    }

    ResourceUsage of(Operation operation, JsonNode pod, Deadline deadline) {
        ExecResult result = exec.plain(operation, pod, ExecSpec.of(List.of("sh", "-c", READ)), deadline);
        if (result.exitCode() == 126 || result.exitCode() == 127) {
            throw new WrongStateException(
                    operation.failed("its image has no sh, by which usage is measured on a cluster ("
                            + result.stderr().strip() + ")"));
        }
        Map<String, Long> figures = new HashMap<>();
        for (String line : result.stdout().lines().toList()) {
            String[] words = line.split(" ", 2);
            if (words.length == 2 && words[1].matches("\\d{1,19}")) {
                figures.put(words[0], Long.parseUnsignedLong(words[1]));
            }
        }
        Long memory = figures.get("memory");
        if (memory == null) {
            throw new EngineException(
                    operation.failed("its control group is not shown inside; the cluster's own metrics may tell"));
        }
        // Without the page cache that the kernel can take back at once, as container engines count.
        long cache = figures.getOrDefault("total_inactive_file", figures.getOrDefault("inactive_file", 0L));
        long limit = figures.getOrDefault("limit", Long.MAX_VALUE);
        return new ResourceUsage(
                Instant.now(),
                Duration.ofNanos(figures.getOrDefault("nanos", figures.getOrDefault("usage_usec", 0L) * 1000)),
                cache < memory ? memory - cache : memory,
                limit > 0 && limit < NO_LIMIT ? (Long) limit : null,
                // The shell that looks is not the environment's.
                Math.max(1, figures.getOrDefault("pids", 2L) - 1));
    }
}
