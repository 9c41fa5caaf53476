package io.cofferdam.examples.cli;

import io.cofferdam.deployment.Deployment;
import io.cofferdam.error.StorageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Starts the command {@code controller} in a process of its own, which no end of a terminal or of this program reaches. */
final class ControllerProcess {

    private ControllerProcess() {}

    /** Hands the work of a project over, says so and gives the exit code. */
    static int takeOver(Deployment deployment, Projects projects, DeploymentCommand command) {
        String project = deployment.project();
        start(project, projects);
        if (command.json()) {
            Map<String, @Nullable Object> document = DeploymentDocuments.record(deployment.record());
            command.print(document);
        } else {
            command.terminal()
                    .out()
                    .println("'" + project + "' is worked on as deployment " + deployment.id() + "; 'cofferdam status "
                            + project + "' tells how far it is");
        }
        return ExitCode.DONE;
    }

    private static void start(String project, Projects projects) {
        Path log = projects.log(project);
        List<String> words = new ArrayList<>(detached());
        words.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                CofferdamCommand.class.getName(),
                "controller",
                project));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().put("COFFERDAM_STATE", projects.folder().toString());
        try {
            builder.start();
        } catch (IOException failed) {
            throw new StorageException(
                    "could not start the controller of '" + project + "': " + failed
                            + "; the work is recorded, and 'cofferdam resume " + project + "' does it",
                    failed);
        }
    }

    /** A session of its own where there is a program for it; else a process that ignores what its terminal sends. */
    private static List<String> detached() {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, "setsid"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> List.of(program.toString()))
                .orElse(List.of("sh", "-c", "trap '' HUP INT QUIT; exec \"$@\"", "sh"));
    }
}
