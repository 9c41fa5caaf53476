package io.cofferdam.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a unit has of its network: the address, what its software is told, and how its processes get into the network's
 * namespaces. Immutable; what it tells is read from disk at each call. Safe for use by many threads.
 */
final class NetworkMember {

    private final ProcessNetworks networks;
    private final MemberTable.Member member;
    private final boolean isolated;

    NetworkMember(ProcessNetworks networks, MemberTable.Member member, boolean isolated) {
        this.networks = networks;
        this.member = member;
        this.isolated = isolated;
    }

    /** The loopback address, the same from {@code join} to {@code leave}. */
    String address() {
        return member.address();
    }

    /** The network's full name, or empty outside networks. */
    String network() {
        return member.network();
    }

    /** The unit's name on the engine. */
    String environment() {
        return member.environment();
    }

    /** What keeps the network's namespace, made anew if it has ended; empty outside namespaces. */
    Optional<Namespaces.Holder> holder() {
        return isolated ? Optional.of(networks.holder(member)) : Optional.empty();
    }

    /** Whether the unit's processes live in namespaces: its own for mounts and processes, its network's for the network. */
    boolean isolated() {
        return isolated;
    }

    /**
     * The variables to start the main process and exec commands with: {@code COFFERDAM_ADDRESS}, {@code COFFERDAM_NAME}
     * and, in a network, {@code COFFERDAM_HOSTS} and {@code COFFERDAM_HOST_<NAME>} for every member known at this moment.
     * {@code COFFERDAM_NAME} is the first of the names the others use, so that it is the same for both sides of an update.
     */
    Map<String, String> variables() {
        return networks.variables(member);
    }

    /** The live hosts file of the network, or empty outside networks. */
    Optional<Path> hostsFile() {
        return networks.hostsFile(member);
    }

    /**
     * The words to put before the main process's command, whose exit code, arguments, streams and working directory they
     * leave alone. To be asked for immediately before each start, since it brings the network's namespace back to life
     * where that is needed.
     *
     * <p>They go directly before what switches the user and the command, behind any shell that writes down process ids:
     * inside, ids are other numbers, and what is written down inside is not what the host calls it.
     *
     * <p>The words make a chain of processes in which only the last is the command. Signals for the program go to
     * {@link #signalPid}, force to {@link #killPids}.
     *
     * @return empty outside namespaces
     * @throws io.cofferdam.error.NotFoundException if the network is gone
     */
    List<String> launcher() {
        return isolated
                ? networks.namespaces().launcher(networks.holder(member), networks.hosts(member), address())
                : List.of();
    }

    /**
     * The words to put before a command that is to run inside the running unit. The command then starts in the root
     * directory; see {@link #execLauncher(long, Path)}.
     *
     * @param mainPid the pid that {@link #signalPid} gave
     * @return empty outside namespaces
     */
    List<String> execLauncher(long mainPid) {
        return isolated ? networks.namespaces().execLauncher(mainPid, Optional.empty()) : List.of();
    }

    /**
     * The words to put before a command that is to run inside the running unit.
     *
     * @param mainPid the pid that {@link #signalPid} gave
     * @param workingDirectory where the command starts; an absolute path
     * @return empty outside namespaces: the command then starts where it is started
     */
    List<String> execLauncher(long mainPid, Path workingDirectory) {
        return isolated ? networks.namespaces().execLauncher(mainPid, Optional.of(workingDirectory)) : List.of();
    }

    /**
     * The process that gets the program's signals: inside namespaces the command itself. The others in the chain ignore
     * what a program would end on, as the kernel wants it of the first process of a process table.
     *
     * @param startedPid the process that {@link #launcher()} and the command were started as, or an ancestor of it
     * @return {@code startedPid} outside namespaces, and while the command does not exist yet
     */
    long signalPid(long startedPid) {
        return isolated
                ? Namespaces.inside(startedPid).map(Namespaces.Inside::command).orElse(startedPid)
                : startedPid;
    }

    /**
     * The processes to end by {@code SIGKILL}, in this order, to end everything inside; it is over when none of them is
     * left. In namespaces the first is the head of the chain, whose end looks to its parent like that of any killed
     * program; the second is the first process of the unit's own process table, with which the kernel ends all others.
     *
     * @param startedPid the process that {@link #launcher()} and the command were started as, or an ancestor of it
     * @return {@code startedPid} alone outside namespaces, and while the table does not exist yet
     */
    List<Long> killPids(long startedPid) {
        return isolated
                ? Namespaces.inside(startedPid)
                        .map(inside -> List.of(inside.head(), inside.first()))
                        .orElse(List.of(startedPid))
                : List.of(startedPid);
    }
}
