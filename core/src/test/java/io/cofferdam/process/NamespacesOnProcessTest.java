package io.cofferdam.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.concurrent.Deadline;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Real namespaces of this kernel. */
@EnabledOnOs(OS.LINUX)
class NamespacesOnProcessTest {

    @TempDir
    Path state;

    private ProcessNetworks networks;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void open() {
        networks = Stacks.isolated(state);
    }

    @AfterEach
    void close() throws Exception {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
        for (String name : List.of("lamp", "mean")) {
            try (Stream<Path> units = Files.list(Files.createDirectories(state.resolve("environments")))) {
                units.forEach(unit -> networks.leave(unit.getFileName().toString(), unit));
            }
            assertThat(networks.remove(name)).isTrue();
        }
        networks.close();
        assertThat(holders()).as("what is left in namespaces").isEmpty();
    }

    private NetworkMember join(String network, String unit) throws IOException {
        return Stacks.join(networks, state, network, unit);
    }

    private Process start(List<String> launcher, String... command) throws IOException {
        List<String> words = new ArrayList<>(launcher);
        words.addAll(List.of(command));
        Process process = new ProcessBuilder(words).directory(state.toFile()).start();
        started.add(process);
        return process;
    }

    private String output(List<String> launcher, String... command) throws Exception {
        Process process = start(launcher, command);
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String errors = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(errors).isZero();
        return output;
    }

    private static long command(NetworkMember member, Process process) {
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));
        long pid = member.signalPid(process.pid());
        while (pid == process.pid()) {
            DetachedProcess.pause("starting", deadline);
            pid = member.signalPid(process.pid());
        }
        return pid;
    }

    /** Processes whose network is not ours and that belong to this test. */
    private List<String> holders() throws IOException {
        Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
        return ProcessHandle.allProcesses()
                .filter(handle -> {
                    try {
                        return !Files.readSymbolicLink(Path.of("/proc/" + handle.pid() + "/ns/net"))
                                        .equals(own)
                                && Files.readSymbolicLink(Path.of("/proc/" + handle.pid() + "/cwd"))
                                        .startsWith(state);
                    } catch (IOException gone) {
                        return false;
                    }
                })
                .map(handle -> handle.pid() + " " + handle.info().commandLine().orElse(""))
                .toList();
    }

    @Test
    @DisplayName("a member sees the stack's hosts in /etc/hosts, only its own processes, and an interface that is up")
    void view() throws Exception {
        NetworkMember web = join("lamp", "web");
        NetworkMember db = join("lamp", "db");

        assertThat(output(web.launcher(), "cat", "/etc/hosts"))
                .contains(web.address() + " web\n", db.address() + " db\n", "127.0.0.1 localhost");
        assertThat(output(web.launcher(), "sh", "-c", "echo /proc/[0-9]*").split(" "))
                .as("the first process and the command")
                .hasSize(2);
        assertThat(output(web.launcher(), "cat", "/proc/net/dev"))
                .contains("lo:")
                .doesNotContain("eth");
        assertThat(output(web.launcher(), "pwd").trim())
                .isEqualTo(state.toRealPath().toString());
    }

    @Test
    @DisplayName("what joins later appears in the /etc/hosts of a running member")
    void lateJoiner() throws Exception {
        NetworkMember web = join("lamp", "web");
        Process running = start(web.launcher(), "sh", "-c", "while ! grep db /etc/hosts; do sleep 0.01; done");

        NetworkMember db = join("lamp", "db");

        assertThat(running.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(running.getInputStream()).hasContent(db.address() + " db");
    }

    @Test
    @DisplayName("arguments, variables, streams and exit codes pass unchanged")
    void unchanged() throws Exception {
        List<String> launcher = join("lamp", "web").launcher();

        assertThat(output(launcher, "printf", "<%s>", "a b", "'\"$HOME`id`", "new\nline", "", "*", "A=b", "--"))
                .isEqualTo("<a b><'\"$HOME`id`><new\nline><><*><A=b><-->");
        assertThat(output(launcher, "echo", "builtins of the shell are programs too"))
                .startsWith("builtins");
        List<String> words = new ArrayList<>(launcher);
        words.addAll(List.of("sh", "-c", "printf %s \"$ODD\"; cat; echo to-errors >&2; exit 42"));
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("ODD", " spaces 'quotes' \"and\"\nlines $(id) ");
        Process process = builder.start();
        started.add(process);
        try (var input = process.getOutputStream()) {
            input.write("from standard input".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(process.getInputStream()).hasContent(" spaces 'quotes' \"and\"\nlines $(id) from standard input");
        assertThat(process.getErrorStream()).hasContent("to-errors");
        assertThat(process.waitFor()).isEqualTo(42);
    }

    @Test
    @DisplayName("a program that does not exist ends with 127, one that cannot be executed with 126")
    void notThere() throws Exception {
        List<String> launcher = join("lamp", "web").launcher();
        Path text = Files.writeString(state.resolve("text"), "no program");

        assertThat(start(launcher, "/no/such/program").waitFor()).isEqualTo(127);
        assertThat(start(launcher, text.toString()).waitFor()).isEqualTo(126);
    }

    @Test
    @DisplayName("SIGTERM to the signal pid ends an ordinary program, which shows as 143 and prints nothing")
    void signal() throws Exception {
        NetworkMember web = join("lamp", "web");
        Process process = start(web.launcher(), "sleep", "1000");

        ProcessHandle.of(command(web, process)).orElseThrow().destroy();

        assertThat(process.waitFor()).isEqualTo(143);
        assertThat(process.getErrorStream()).isEmpty();
    }

    @Test
    @DisplayName("no signal is ignored inside that is not outside: a shell's background command would ignore SIGINT")
    void ignoredSignals() throws Exception {
        List<String> launcher = join("lamp", "web").launcher();

        assertThat(output(launcher, "grep", "SigIgn", "/proc/self/status"))
                .isEqualTo(output(List.of(), "grep", "SigIgn", "/proc/self/status"));
    }

    @Test
    @DisplayName("what a command leaves behind ends with it")
    void orphans() throws Exception {
        NetworkMember web = join("lamp", "web");
        Process process = start(web.launcher(), "sh", "-c", "sleep 1000 & setsid sleep 1001 & read line");
        long command = command(web, process);
        Deadline deadline = Deadline.in(Duration.ofSeconds(10));
        while (ProcessHandle.of(command).orElseThrow().children().count() < 2) {
            DetachedProcess.pause("starting", deadline);
        }
        List<ProcessHandle> children =
                ProcessHandle.of(command).orElseThrow().children().toList();

        process.getOutputStream().close();
        process.waitFor();

        for (ProcessHandle child : children) {
            child.onExit().get(10, TimeUnit.SECONDS);
        }
        assertThat(children).hasSize(2).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    @DisplayName(
            "force on the kill pids takes everything inside with it and shows as 137; so does force on the head alone")
    void force() throws Exception {
        NetworkMember web = join("lamp", "web");
        for (boolean all : List.of(true, false)) {
            Process process = start(web.launcher(), "sh", "-c", "trap '' TERM; sleep 1000");
            ProcessHandle inside = ProcessHandle.of(command(web, process)).orElseThrow();

            web.killPids(process.pid()).stream()
                    .limit(all ? 2 : 1)
                    .forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));

            assertThat(process.waitFor()).isEqualTo(137);
            assertThat(process.getErrorStream()).isEmpty();
            inside.onExit().get(10, TimeUnit.SECONDS);
        }
    }

    @Test
    @DisplayName("a command inside the running unit shares its view, directory and exit code")
    void exec() throws Exception {
        NetworkMember web = join("lamp", "web");
        Process process = start(web.launcher(), "sleep", "1000");
        long command = command(web, process);

        assertThat(output(web.execLauncher(command, state.toRealPath()), "sh", "-c", "pwd; cat /etc/hosts; ls /proc"))
                .startsWith(state.toRealPath() + "\n")
                .contains(web.address() + " web", "\n1\n")
                .doesNotContain("\n" + command + "\n");
        assertThat(start(web.execLauncher(command), "sh", "-c", "exit 7").waitFor())
                .isEqualTo(7);
        assertThat(start(web.execLauncher(command), "/no/such/program").waitFor())
                .isEqualTo(127);
    }

    @Test
    @DisplayName("two members of a stack are in one network, another stack and the host are not")
    void closed() throws Exception {
        NetworkMember web = join("lamp", "web");
        String first = output(web.launcher(), "readlink", "/proc/self/ns/net");

        assertThat(output(join("lamp", "db").launcher(), "readlink", "/proc/self/ns/net"))
                .isEqualTo(first);
        assertThat(output(join("mean", "db2").launcher(), "readlink", "/proc/self/ns/net"))
                .isNotEqualTo(first);
        assertThat(Files.readSymbolicLink(Path.of("/proc/self/ns/net")))
                .asString()
                .isNotEqualTo(first.trim());
    }

    @Test
    @DisplayName("the network outlives the holder that was killed, for another JVM too, while a member runs in it")
    void holderDies() throws Exception {
        NetworkMember web = join("lamp", "web");
        Process running = start(web.launcher(), "sleep", "1000");
        command(web, running);
        String network = output(web.launcher(), "readlink", "/proc/self/ns/net");
        Namespaces.Holder holder = new NetworkFolder(state.toRealPath().resolve("networks/cofferdam-lamp"))
                .holder()
                .orElseThrow();
        holder.process().kill(Deadline.in(Duration.ofSeconds(10)));

        try (ProcessNetworks another = Stacks.isolated(state)) {
            NetworkMember again = another.member(Stacks.directory(state, "web"));
            assertThat(output(again.launcher(), "readlink", "/proc/self/ns/net"))
                    .isEqualTo(network);
            running.destroyForcibly().waitFor();
            new NetworkFolder(state.toRealPath().resolve("networks/cofferdam-lamp"))
                    .holder()
                    .orElseThrow()
                    .process()
                    .kill(Deadline.in(Duration.ofSeconds(10)));
            assertThat(output(again.launcher(), "cat", "/etc/hosts")).contains("web");
        }
    }

    @Test
    @DisplayName("no mount of a member shows on the host")
    void mounts() throws Exception {
        NetworkMember web = join("lamp", "web");
        Process running = start(web.launcher(), "sleep", "1000");
        command(web, running);

        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(state.toString(), " /etc/hosts ");
    }

    @Test
    @DisplayName("the probe names what is missing")
    void missing() {
        assertThat(networks.missing().toString()).contains("network-egress").doesNotContain("network-isolation");
        try (ProcessNetworks off = Stacks.plain(state)) {
            assertThat(off.missing().toString()).contains("network-isolation=it is switched off by the option");
            assertThat(off.ensure("plain", Map.of()).isolated()).isFalse();
        }
    }
}
