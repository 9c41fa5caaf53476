package io.cofferdam.process;

import java.util.ArrayList;
import java.util.List;

/**
 * The small {@code sh} script that stands between the JVM and a main process, so that the process outlives the JVM and
 * its exit code is known to the next one: it writes down who runs, waits, and writes down how that ended.
 *
 * <p>The main process runs in the foreground of a sub-shell, because shells without job control let background commands
 * ignore SIGINT and SIGQUIT. The shim catches the signals instead of ignoring them, since ignored ones are inherited. Only
 * commands built into the shell are used: the environment's own {@code PATH} need not have others. Variables, which may
 * hold secrets, come through the environment of the process, never as arguments.
 */
final class Shim {

    /** What the shell's own messages begin with, by which a program that cannot be executed is recognized. */
    static final String NAME = "cofferdam-start";

    private static final String SIGNALS = "trap : HUP INT QUIT TERM USR1 USR2 ALRM\n";

    /** Arguments: the directory, then files to join control groups through, then {@code --}, then the command. */
    private static final String LINUX_SCRIPT = SIGNALS + """
            _cfd=$1; shift; exec 3>&2 2>/dev/null
            read -r _cfb </proc/sys/kernel/random/boot_id; read -r _cfs </proc/self/stat
            (exec 2>&3 3>&-; while [ "$1" != -- ]; do echo 0 >"$1" || exit 126; shift; done; shift
            read -r _cfm </proc/self/stat; printf '%s\\n%s\\n%s\\n' "$_cfb" "$_cfs" "$_cfm" >"$_cfd/run" || exit 126
            exec "$@")
            _cfc=$?; printf '%s %s\\n' "$_cfc" "${_cfs%% *}" >"$_cfd/exit"; exit "$_cfc"
            """;

    /** Where there is no {@code /proc} a shell tells its own number only in {@code $$}, so the sub-shell becomes a new one. */
    private static final String UNIX_SCRIPT = SIGNALS + """
            _cfd=$1; shift 2; exec 3>&2 2>/dev/null
            (exec 2>&3 3>&-; exec sh -c '_cfd=$1; _cfs=$2; shift 2
            printf "\\n%s\\n%s\\n" "$_cfs" "$$" >"$_cfd/run" || exit 126; exec "$@"' cofferdam-start "$_cfd" "$$" "$@")
            _cfc=$?; printf '%s %s\\n' "$_cfc" "$$" >"$_cfd/exit"; exit "$_cfc"
            """;

    private final Host host;
    private final String shell;
    private final List<String> session;

    /**
     * Makes the launcher.
     *
     * @param shell the path of {@code sh}
     * @param session the words that make for a {@link CleanStart}; empty where there are none
     */
    Shim(Host host, String shell, List<String> session) {
        this.host = host;
        this.shell = shell;
        this.session = List.copyOf(session);
    }

    /**
     * The command line that starts a main process under its shim.
     *
     * @param unit where it writes to
     * @param controlGroups files to write a number into in order to join control groups; Linux only
     * @param command the program and its arguments
     */
    List<String> command(UnitDirectory unit, List<String> controlGroups, List<String> command) {
        List<String> words = new ArrayList<>(session);
        words.addAll(List.of(shell, "-c", host == Host.LINUX ? LINUX_SCRIPT : UNIX_SCRIPT, NAME));
        words.add(unit.path().toString());
        words.addAll(controlGroups);
        words.add("--");
        words.addAll(command);
        return words;
    }

    /** Whether a command line is still the shell's, which has not become the program yet. */
    static boolean isShim(String commandLine) {
        return commandLine.contains("\0" + NAME + "\0") || commandLine.contains(" " + NAME + " ");
    }
}
