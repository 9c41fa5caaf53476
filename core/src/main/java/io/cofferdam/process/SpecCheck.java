package io.cofferdam.process;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** What makes a specification impossible for processes. */
final class SpecCheck {

    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private SpecCheck() {}

    static List<Problem> problems(EnvironmentSpec spec, Host host, StateDirectory state) {
        List<Problem> problems = new ArrayList<>();
        if (spec.command().isEmpty()
                && spec.entrypoint().filter(words -> !words.isEmpty()).isEmpty()) {
            problems.add(new Problem(
                    "command",
                    "processes are not made from images, and there is no command to run",
                    "set a command, usually with a template folder, or open an engine with images such as docker"));
        }
        spec.template().ifPresent(template -> template(problems, template));
        for (String name : spec.env().keySet()) {
            if (host.isPosix() && !VARIABLE.matcher(name).matches()) {
                problems.add(new Problem(
                        "env",
                        "the shell that starts the process does not hand on a variable named '" + name + "'",
                        "use letters, digits and '_' only"));
            }
        }
        spec.mounts().forEach(mount -> mount(problems, mount));
        spec.ports().forEach(port -> port(problems, port));
        if (spec.user().isPresent()) {
            passage(problems, state);
        }
        return problems;
    }

    private static void template(List<Problem> problems, Path template) {
        if (!Files.exists(template)) {
            problems.add(new Problem("template", "there is no folder " + template, "make it, or name another one"));
        } else if (!Files.isDirectory(template)) {
            problems.add(new Problem("template", template + " is not a folder", "name the folder it is in"));
        } else if (!Files.isReadable(template)) {
            problems.add(new Problem("template", "no permission to read " + template, "let this user read it"));
        }
    }

    private static void mount(List<Problem> problems, Mount mount) {
        if (mount instanceof Mount.Bind bind && !Files.exists(bind.source())) {
            problems.add(new Problem(
                    "mounts." + mount.target(), "there is no " + bind.source() + " on this host", "make it first"));
        }
    }

    private static void port(List<Problem> problems, PortMapping port) {
        if (port.fixedHostPort() != null && port.protocol() == Protocol.UDP) {
            problems.add(new Problem(
                    "ports",
                    "UDP ports of processes cannot be published on a host port of choice",
                    "leave the host port out: the port is reached at the environment's own address"));
        }
    }

    /** Another user must be able to get to the directory: all above it must let others through. */
    private static void passage(List<Problem> problems, StateDirectory state) {
        Path above = state.root().getParent();
        while (above != null) {
            if (Files.exists(above) && !lets(above)) {
                problems.add(new Problem(
                        "user",
                        "another user cannot get to the state directory, because " + above
                                + " does not let others through",
                        "open the engine with a state directory such as /var/lib/cofferdam"));
                return;
            }
            above = above.getParent();
        }
    }

    private static boolean lets(Path directory) {
        try {
            return !Host.hasPermissions()
                    || Files.getPosixFilePermissions(directory)
                            .contains(java.nio.file.attribute.PosixFilePermission.OTHERS_EXECUTE);
        } catch (java.io.IOException e) {
            throw Failures.of("looking at " + directory, e);
        }
    }
}
