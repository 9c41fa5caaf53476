package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Runs processes as another user, which only root may. */
final class UserSwitch {

    private static final Pattern NUMBER = Pattern.compile("\\d{1,10}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*\\$?");

    private final Optional<Path> program;
    private final String missing;

    private UserSwitch(Optional<Path> program, String missing) {
        this.program = program;
        this.missing = missing;
    }

    /** Finds out whether it can be done here. */
    static UserSwitch probe(Host host) {
        if (host != Host.LINUX) {
            return new UserSwitch(Optional.empty(), "it needs setpriv, which only Linux has");
        }
        if (!isRoot()) {
            return new UserSwitch(Optional.empty(), "only root may start processes as another user");
        }
        Optional<Path> setpriv = Executables.onHost("setpriv");
        return new UserSwitch(setpriv, setpriv.isPresent() ? "" : "there is no setpriv; install util-linux");
    }

    private static boolean isRoot() {
        return Integer.valueOf(0).equals(attribute(Path.of("/proc/self"), "unix:uid"));
    }

    private static Object attribute(Path path, String name) {
        try {
            return Files.getAttribute(path, name);
        } catch (IOException | UnsupportedOperationException e) {
            return -1;
        }
    }

    /** Why it cannot be done; empty if it can. */
    String missing() {
        return missing;
    }

    /**
     * A user of this host.
     *
     * @param name the name, or the number where there is no name
     * @param uid the number of the user
     * @param gid the number of its group
     * @param known whether the system has an entry for it, and so further groups
     */
    record User(String name, int uid, int gid, boolean known) {}

    /**
     * Looks a user up.
     *
     * @param text {@code USER[:GROUP]}, each a name or a number
     * @throws InvalidInputException if there is no such user or group
     */
    User find(String text, Deadline deadline) {
        String[] parts = text.split(":", 2);
        String user = parts[0];
        int uid;
        Optional<String> entry = NAME.matcher(user).matches() ? getent("passwd", user, deadline) : Optional.empty();
        int gid;
        String name = user;
        if (entry.isPresent()) {
            String[] fields = entry.get().split(":", -1);
            name = fields[0];
            uid = Integer.parseInt(fields[2]);
            gid = Integer.parseInt(fields[3]);
        } else if (NUMBER.matcher(user).matches()) {
            uid = number(user);
            gid = uid;
        } else {
            throw invalid("there is no user '" + user + "' on this host");
        }
        if (parts.length > 1) {
            String group = parts[1];
            Optional<String> found =
                    NAME.matcher(group).matches() ? getent("group", group, deadline) : Optional.empty();
            if (found.isEmpty() && !NUMBER.matcher(group).matches()) {
                throw invalid("there is no group '" + group + "' on this host");
            }
            gid = found.isPresent() ? Integer.parseInt(found.get().split(":", -1)[2]) : number(group);
        }
        return new User(name, uid, gid, entry.isPresent());
    }

    private static int number(String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException tooLarge) {
            throw invalid(digits + " is too large for a user or group");
        }
    }

    private static InvalidInputException invalid(String what) {
        return new InvalidInputException(
                "environment", List.of(new Problem("user", what, "name one that /etc/passwd has, or give its number")));
    }

    /** A line of the system's data base of users or groups: {@code getent} also asks directories in the network. */
    private static Optional<String> getent(String base, String key, Deadline deadline) {
        Optional<Path> getent = Executables.onHost("getent");
        if (getent.isEmpty()) {
            return AtomicFile.read(Path.of("/etc", base))
                    .flatMap(text -> text.lines()
                            .filter(line -> line.startsWith(key + ":"))
                            .findFirst());
        }
        try {
            Process process = new ProcessBuilder(getent.get().toString(), base, key)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                    throw deadline.timeout("looking up '" + key + "'", null);
                }
                String line = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                return process.exitValue() == 0 && !line.isEmpty() ? Optional.of(line) : Optional.empty();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new io.cofferdam.error.OperationInterruptedException(
                        "looking up '" + key + "' was interrupted", e);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw Failures.of("looking up '" + key + "'", e);
        }
    }

    /** What to run a command by so that it runs as the user. */
    List<String> prefix(User user) {
        return List.of(
                program.map(Path::toString).orElse("setpriv"),
                "--reuid=" + user.uid(),
                "--regid=" + user.gid(),
                user.known() ? "--init-groups" : "--clear-groups",
                "--");
    }

    /** Variables that tell the user. */
    Map<String, String> variables(User user) {
        return Map.of("USER", user.name(), "LOGNAME", user.name());
    }

    /** Gives a directory and all in it to the user; links themselves, never what they point to. */
    void own(Path directory, User user) throws IOException {
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) throws IOException {
                own(entered);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                own(file);
                return FileVisitResult.CONTINUE;
            }

            private void own(Path path) throws IOException {
                Files.setAttribute(path, "unix:uid", user.uid(), LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(path, "unix:gid", user.gid(), LinkOption.NOFOLLOW_LINKS);
            }
        });
    }
}
