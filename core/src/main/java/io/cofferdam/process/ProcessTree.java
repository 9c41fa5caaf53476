package io.cofferdam.process;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds all processes of an environment: descendants of its shim and main process, processes of the shim's session, and
 * whatever carries its identifier among the variables it was started with, which a process keeps that left parent and
 * session. Only a process that also wiped its variables can hide; control groups and process namespaces hold those too.
 */
final class ProcessTree {

    /** The variable by which every process of an environment is known. */
    static final String MARK = "COFFERDAM_ID";

    private final ProcessTable processes;

    ProcessTree(ProcessTable processes) {
        this.processes = processes;
    }

    /**
     * The living processes of a run, without the shim.
     *
     * @param id the environment
     * @param run its last run
     * @param strays whether to look also for those that left parent and session, which costs a look at every process
     */
    List<ProcessStat> members(String id, Run run, boolean strays) {
        return select(run.shim(), run.main(), strays ? MARK + "=" + id : "");
    }

    /** A process and its descendants, and whatever carries a variable of that value. */
    List<ProcessStat> descendants(ProcessKey ancestor, String assignment) {
        return select(null, ancestor, assignment);
    }

    private List<ProcessStat> select(
            @org.jspecify.annotations.Nullable ProcessKey shim,
            @org.jspecify.annotations.Nullable ProcessKey main,
            String assignment) {
        Map<Long, ProcessStat> all = processes.all();
        long self = ProcessHandle.current().pid();
        Set<Long> roots = new HashSet<>();
        for (ProcessKey root : new ProcessKey[] {shim, main}) {
            if (root != null && isThere(all, root)) {
                roots.add(root.pid());
            }
        }
        // The number of a session cannot be given to another process while anybody is in the session.
        boolean sessionIsOurs = shim != null && (!all.containsKey(shim.pid()) || isThere(all, shim));
        long session = sessionIsOurs && shim != null ? shim.pid() : -2;
        byte[] mark = assignment.getBytes(StandardCharsets.UTF_8);
        Map<Long, ProcessStat> found = new LinkedHashMap<>();
        for (ProcessStat stat : all.values()) {
            if (roots.contains(stat.pid()) || stat.session() == session) {
                found.put(stat.pid(), stat);
            } else if (mark.length > 0 && processes.hasVariable(stat.pid(), mark)) {
                found.put(stat.pid(), stat);
            }
        }
        boolean more = true;
        while (more) {
            more = false;
            for (ProcessStat stat : all.values()) {
                if (!found.containsKey(stat.pid()) && found.containsKey(stat.parent())) {
                    found.put(stat.pid(), stat);
                    more = true;
                }
            }
        }
        if (shim != null && isThere(all, shim)) {
            found.remove(shim.pid());
        }
        found.remove(self);
        return List.copyOf(found.values());
    }

    private static boolean isThere(Map<Long, ProcessStat> all, ProcessKey key) {
        ProcessStat stat = all.get(key.pid());
        return stat != null && stat.start().equals(key.start());
    }
}
