package io.cofferdam.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Starts {@link Victim}s, and looks for what is there of them. */
final class Victims {

    private static final Path PROC = Path.of("/proc");

    private Victims() {}

    static Process start(String classPath, String... arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                Victim.class.getName()));
        words.addAll(List.of(arguments));
        return new ProcessBuilder(words)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** Starts one, and returns when it has made what it is to make. */
    static Process ready(String classPath, String... arguments) throws IOException {
        Process victim = start(classPath, arguments);
        BufferedReader out = new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8));
        if (!"ready".equals(out.readLine())) {
            throw new IOException("the victim did not get that far");
        }
        return victim;
    }

    /** Lets one make one more environment, and returns when that is there. */
    static void more(Process victim, String name) throws IOException {
        victim.getOutputStream().write((name + "\n").getBytes(StandardCharsets.UTF_8));
        victim.getOutputStream().flush();
        BufferedReader out = new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8));
        if (!"made".equals(out.readLine())) {
            throw new IOException("the victim did not make '" + name + "'");
        }
    }

    static void kill(Process victim) throws InterruptedException {
        victim.destroyForcibly().waitFor();
    }

    /** Kills one and its watchers, which get no time to do anything. */
    static void killWithWatchers(Process victim) throws IOException, InterruptedException {
        List<ProcessHandle> watchers = watchers(victim.toHandle());
        for (ProcessHandle watcher : watchers) {
            new ProcessBuilder("kill", "-STOP", Long.toString(watcher.pid()))
                    .start()
                    .waitFor();
        }
        kill(victim);
        watchers.forEach(ProcessHandle::destroyForcibly);
    }

    /** The watchers among the children of a process. */
    static List<ProcessHandle> watchers(ProcessHandle of) {
        return of.children()
                .filter(child -> text(child.pid(), "cmdline").contains("io.cofferdam.watcher.Watcher"))
                .toList();
    }

    /** Everything in a state directory that is not there when it is new, and every process that knows of it. */
    static List<String> left(Path state) throws IOException {
        List<String> left = new ArrayList<>();
        for (String part : List.of("environments", "volumes", "trash", "names")) {
            entries(state.resolve(part)).forEach(path -> left.add(part + " " + path.getFileName()));
        }
        for (Path path : entries(state.resolve("networks"))) {
            String name = path.getFileName().toString();
            if (!name.startsWith(".") || name.startsWith(".making") || name.startsWith(".going")) {
                left.add("network " + name);
            }
        }
        for (Path process : entries(PROC)) {
            String pid = process.getFileName().toString();
            if (pid.matches("\\d+") && text(Long.parseLong(pid), "environ").contains(state.toString())) {
                left.add("process " + text(Long.parseLong(pid), "cmdline").replace('\0', ' '));
            }
        }
        return left;
    }

    private static String text(long pid, String file) {
        try {
            return new String(
                    Files.readAllBytes(PROC.resolve(Long.toString(pid)).resolve(file)), StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }

    private static List<Path> entries(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.toList();
        } catch (NoSuchFileException none) {
            return List.of();
        }
    }
}
