package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Linux namespaces for the members of isolated networks, made with the programs of util-linux and iproute2.
 *
 * <p>A network has one network namespace, kept by a {@link Holder}. A member's main process is the end of a chain:
 * {@code nsenter} enters that namespace and becomes {@code unshare} and {@code sh} and {@code unshare} again, which give it
 * a mount namespace with the network's {@code /etc/hosts}, and a process namespace with a {@code /proc} of its own. The
 * first process there is a shell that runs the command as its only child. It is needed because the kernel keeps signals that a program does not handle from the first
 * process of a process table, so a command in that place could not be stopped by {@code SIGTERM}. When the command ends,
 * so does the shell, with its exit code or 128 + the signal, and the kernel ends what the command left behind; when
 * {@code unshare} is killed, the kernel kills the shell. All mounts are seen by the member alone and end with it.
 *
 * <p>Without root, network and member live in a user namespace of the network, in which we are root; the command itself
 * gets one of its own in which it is who we are on the host, for there is software that refuses to run as root.
 *
 * <p>Shells hand on only variables whose names are words of letters, digits and '_', and set {@code PWD}.
 */
final class Namespaces {

    /** {@code auto} (the default), {@code off} or {@code required}. */
    static final String OPTION = "process.namespaces";

    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(3);
    private static final int NO_LOOPBACK = 62;
    private static final int NO_HOSTS = 63;
    private static final int NO_USER = 64;

    private static final String LOOPBACK_UP = "{ ip link set lo up || ifconfig lo up || busybox ip link set lo up; }";

    private static final String PROBE = "mount=$1; hosts=$2; shift 2; " + LOOPBACK_UP + " || exit " + NO_LOOPBACK
            + "; \"$mount\" -o bind \"$hosts\" /etc/hosts || exit " + NO_HOSTS
            + "; [ $# = 0 ] || \"$@\" || exit " + NO_USER;

    private static final String HOLD = LOOPBACK_UP + " && echo up && exec sleep 2147483647 </dev/null >/dev/null 2>&1";

    private static final String OWN_HOSTS = "\"$1\" -o bind \"$2\" /etc/hosts || exit 125; shift 2; exec \"$@\"";

    /**
     * The command is the only child this shell ever has. What the shell has to say of the command's end it keeps to itself:
     * standard error belongs to the command. Its process id is chosen where the kernel lets us, since JVMs that see one
     * {@code /tmp} but each its own process table complain on standard output of others with the same id.
     */
    private static final String FIRST_PROCESS =
            "exec 3>&2 2>/dev/null; echo \"$1\" >/proc/sys/kernel/ns_last_pid; shift; "
                    + "(exec \"$@\" 2>&3 3>&-); exit $?";

    private static final int FIRST_PID = 1000;
    private static final int PIDS = 30_000;

    private final String mode;
    private @Nullable Probed probed;

    /**
     * Probes nothing yet.
     *
     * @throws InvalidInputException if the option has another value
     */
    Namespaces(EngineConfig config) {
        mode = config.option(OPTION).orElse("auto");
        if (!List.of("auto", "off", "required").contains(mode)) {
            throw new InvalidInputException(
                    "engine configuration",
                    List.of(Problem.at("options." + OPTION, "'" + mode + "' is none of auto, off and required")));
        }
    }

    /**
     * What the kernel lets us do.
     *
     * @param reason why there can be no namespaces, as a clause; empty if there can
     * @param user whether a user namespace is needed
     */
    private record Probed(String reason, boolean user) {}

    /**
     * The process that keeps a network namespace in being.
     *
     * @param process a process in it that does nothing else
     * @param namespace the namespace, as {@code /proc} names it
     * @param user whether it lies in a user namespace of its own
     */
    record Holder(DetachedProcess process, String namespace, boolean user) {

        static Holder parse(String text) {
            String[] parts = text.split(" ", -1);
            return new Holder(
                    DetachedProcess.parse(parts[0] + " " + parts[1]), parts[2], Boolean.parseBoolean(parts[3]));
        }

        boolean isAlive() {
            return process.isAlive();
        }

        @Override
        public String toString() {
            return process + " " + namespace + " " + user;
        }
    }

    /**
     * The host's pids of what runs inside.
     *
     * @param head the process that waits for the first one and hands its exit code on
     * @param first the first process of the process table
     * @param command the command
     */
    record Inside(long head, long first, long command) {}

    /** Whether networks are isolated here; probes on the first call. */
    boolean isAvailable() {
        return probed().reason().isEmpty();
    }

    /** Why which capabilities of networks are missing; probes on the first call. */
    Map<Capability, String> missing() {
        Map<Capability, String> missing = new EnumMap<>(Capability.class);
        missing.put(Capability.PID_ISOLATION, "only members of isolated stacks have a process table of their own");
        String reason = probed().reason();
        if (reason.isEmpty()) {
            missing.put(Capability.NETWORK_EGRESS, "the network namespace of a stack has no link to the outside");
        } else {
            missing.put(Capability.NETWORK_ISOLATION, reason);
            missing.put(Capability.NAME_RESOLUTION, reason);
            missing.put(Capability.PID_ISOLATION, reason);
        }
        return missing;
    }

    /** The words before a main process. */
    List<String> launcher(Holder holder, Path hosts, String address) {
        List<String> words = enter(holder);
        words.addAll(List.of(program("unshare"), "--mount", "--"));
        words.addAll(List.of("/bin/sh", "-c", OWN_HOSTS, "cofferdam", program("mount"), hosts.toString()));
        words.addAll(List.of(program("unshare"), "--pid", "--fork", "--kill-child", "--mount-proc", "--"));
        int pid = FIRST_PID + Math.floorMod(address.hashCode(), PIDS);
        words.addAll(List.of("/bin/sh", "-c", FIRST_PROCESS, "cofferdam", Integer.toString(pid)));
        words.addAll(asOurselves(holder.user()));
        return words;
    }

    /** The words before a command that runs beside a main process. */
    List<String> execLauncher(long command, Optional<Path> workingDirectory) {
        // The command's own user namespace does not own the others; that of the first process does.
        long first = ProcessHandle.of(command)
                .flatMap(ProcessHandle::parent)
                .map(ProcessHandle::pid)
                .orElse(command);
        boolean user = isForeign(first, "user");
        List<String> words = new ArrayList<>(List.of(program("nsenter"), "--target", Long.toString(first)));
        if (user) {
            words.addAll(List.of("--user", "--preserve-credentials"));
        }
        words.addAll(List.of("--mount", "--net", "--pid"));
        // Opened from outside: by this way it is a directory of the member's own view, and not of ours.
        workingDirectory.ifPresent(directory -> words.add("--wd=/proc/" + first + "/root" + directory));
        words.add("--");
        words.addAll(asOurselves(user));
        return words;
    }

    /** The words before a program that lives in the network's namespace but sees the host's files and processes. */
    List<String> enter(Holder holder) {
        String of = "/proc/" + holder.process().pid() + "/ns/";
        List<String> words = new ArrayList<>(List.of(program("nsenter")));
        if (holder.user()) {
            words.addAll(List.of("--user=" + of + "user", "--preserve-credentials"));
        }
        words.addAll(List.of("--net=" + of + "net", "--"));
        return words;
    }

    /**
     * Finds what a launcher started.
     *
     * @param started the process that was started with the launcher's words, or an ancestor of it
     * @return empty while the command does not exist yet
     */
    static Optional<Inside> inside(long started) {
        return ProcessHandle.of(started).stream()
                .flatMap(handle -> Stream.concat(Stream.of(handle), handle.descendants()))
                .filter(handle -> pidsInside(handle.pid()) == 1)
                .findFirst()
                .flatMap(first -> first.children()
                        // Orphans become children of the first process too; the command is the eldest.
                        .flatMap(child -> DetachedProcess.of(child.pid()).stream())
                        .min(Comparator.comparingLong(DetachedProcess::start)
                                .thenComparing(child -> pidsInside(child.pid())))
                        .map(DetachedProcess::pid)
                        .flatMap(command -> first.parent().map(head -> new Inside(head.pid(), first.pid(), command))));
    }

    /**
     * Makes a namespace for a network, or keeps on to that of a holder that has ended while others are still in it.
     *
     * @param before the last holder
     * @param directory an existing directory for the holder's output
     */
    Holder hold(Optional<Holder> before, Path directory, Deadline deadline) {
        Probed allowed = probed();
        if (!allowed.reason().isEmpty()) {
            throw new EngineException("the network in " + directory + " is isolated, which is not possible any more: "
                    + allowed.reason() + "; remove its environments and make them anew");
        }
        List<String> words = new ArrayList<>();
        Optional<Holder> inhabitant = before.flatMap(Namespaces::inhabitant);
        if (inhabitant.isPresent()) {
            words.addAll(enter(inhabitant.get()));
        } else {
            words.add(program("unshare"));
            if (allowed.user()) {
                words.addAll(List.of("--user", "--map-root-user"));
            }
            words.addAll(List.of("--net", "--"));
        }
        words.addAll(List.of("/bin/sh", "-c", HOLD));
        Path log = directory.resolve("holder.log");
        try {
            Files.deleteIfExists(log);
            DetachedProcess process = DetachedProcess.spawn(words, directory, log, deadline);
            while (!DetachedProcess.lastLine(log).equals("up")) {
                if (!process.isAlive()) {
                    throw new EngineException("could not make a network namespace for " + directory + ": "
                            + DetachedProcess.lastLine(log));
                }
                pauseOrKill(process, deadline);
            }
            boolean user = inhabitant.map(Holder::user).orElse(allowed.user());
            return new Holder(process, namespace(process.pid(), "net"), user);
        } catch (IOException failure) {
            throw new EngineException("could not make a network namespace for " + directory + ": " + failure, failure);
        }
    }

    /** Ends a holder; the namespace goes with the last process in it. */
    void release(Holder holder, Deadline deadline) {
        holder.process().kill(deadline);
    }

    private static void pauseOrKill(DetachedProcess process, Deadline deadline) {
        try {
            DetachedProcess.pause("making a network namespace", deadline);
        } catch (CofferdamException ended) {
            ProcessHandle.of(process.pid()).ifPresent(ProcessHandle::destroyForcibly);
            throw ended;
        }
    }

    /** Some process that is still in the namespace of a holder that has ended. */
    private static Optional<Holder> inhabitant(Holder gone) {
        return ProcessHandle.allProcesses()
                .filter(handle -> gone.namespace().equals(namespaceOrNone(handle.pid(), "net")))
                .flatMap(handle -> DetachedProcess.of(handle.pid()).stream())
                // A command in a user namespace of its own cannot be entered from outside; the first process can.
                .filter(process -> !gone.user() || pidsInside(process.pid()) <= 1)
                .map(process -> new Holder(process, gone.namespace(), gone.user()))
                .findFirst();
    }

    private synchronized Probed probed() {
        if (probed == null) {
            probed = probe();
        }
        if (mode.equals("required") && !probed.reason().isEmpty()) {
            throw new EngineUnavailableException(
                    "the process engine cannot isolate stacks: " + probed.reason() + "; set " + OPTION + " to auto");
        }
        return probed;
    }

    private Probed probe() {
        if (mode.equals("off")) {
            return new Probed("it is switched off by the option " + OPTION, false);
        }
        if (!Files.exists(Path.of("/proc/self/ns/net"))) {
            return new Probed("this operating system has no network namespaces", false);
        }
        for (String program : List.of("unshare", "nsenter", "mount")) {
            if (Programs.find(program).isEmpty()) {
                return new Probed("the program '" + program + "' of util-linux is not installed", false);
            }
        }
        boolean root = uid() == 0;
        String reason = root ? probe(false) : "";
        if (root && reason.isEmpty()) {
            return new Probed("", false);
        }
        String withUser = probe(true);
        return new Probed(withUser.isEmpty() || !root ? withUser : reason, true);
    }

    private static String probe(boolean user) {
        Path hosts = null;
        try {
            hosts = Files.createTempFile("cofferdam", "hosts");
            List<String> words = new ArrayList<>(List.of(program("unshare")));
            if (user) {
                words.addAll(List.of("--user", "--map-root-user"));
            }
            words.addAll(List.of("--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--"));
            words.addAll(List.of("/bin/sh", "-c", PROBE, "cofferdam", program("mount"), hosts.toString()));
            List<String> ourselves = asOurselves(user);
            if (!ourselves.isEmpty()) {
                words.addAll(ourselves);
                words.addAll(List.of("/bin/sh", "-c", ":"));
            }
            Programs.Output output =
                    Programs.run(new ProcessBuilder(words), "probing namespaces", Deadline.in(PROBE_TIMEOUT));
            return reason(output);
        } catch (IOException | io.cofferdam.error.OperationTimeoutException failure) {
            return "namespaces cannot be probed: " + failure.getMessage();
        } finally {
            if (hosts != null) {
                delete(hosts);
            }
        }
    }

    private static String reason(Programs.Output output) {
        String said = output.text().trim().replace('\n', ',');
        return switch (output.exitCode()) {
            case 0 -> "";
            case NO_LOOPBACK -> "no program brings the loopback interface up; install iproute2 (" + said + ")";
            case NO_HOSTS -> "/etc/hosts cannot be mounted on (" + said + ")";
            case NO_USER -> "the user cannot be kept in a user namespace (" + said + ")";
            default -> "the kernel allows us no new namespaces (" + said + ")";
        };
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException leftOver) {
            throw new EngineException("could not delete " + file + ": " + leftOver, leftOver);
        }
    }

    private static List<String> asOurselves(boolean user) {
        if (!user || uid() == 0) {
            return List.of();
        }
        return List.of(
                program("unshare"), "--user", "--map-user=" + uid(), "--map-group=" + attribute("unix:gid"), "--");
    }

    private static int uid() {
        return attribute("unix:uid");
    }

    private static int attribute(String name) {
        try {
            return (Integer) Files.getAttribute(Path.of("/proc/self"), name);
        } catch (IOException failure) {
            throw new EngineException("could not read who this process is: " + failure, failure);
        }
    }

    private static String program(String name) {
        return Programs.find(name)
                .orElseThrow(() -> new EngineException("the program '" + name + "' is not installed any more"));
    }

    private static boolean isForeign(long pid, String kind) {
        String own = namespaceOrNone(ProcessHandle.current().pid(), kind);
        return !own.equals(namespaceOrNone(pid, kind));
    }

    private static String namespace(long pid, String kind) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + kind)).toString();
    }

    private static String namespaceOrNone(long pid, String kind) {
        try {
            return namespace(pid, kind);
        } catch (IOException goneOrNotOurs) {
            return "";
        }
    }

    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /** The pid of a process in its own process table if that is not the host's; else 0. */
    private static int pidsInside(long pid) {
        try (Stream<String> status = Files.lines(Path.of("/proc/" + pid + "/status"))) {
            return status.filter(line -> line.startsWith("NSpid:"))
                    .map(BLANKS::split)
                    .filter(pids -> pids.length > 2)
                    .map(pids -> Integer.parseInt(pids[pids.length - 1]))
                    .findFirst()
                    .orElse(0);
        } catch (IOException | java.io.UncheckedIOException gone) {
            return 0;
        }
    }
}
