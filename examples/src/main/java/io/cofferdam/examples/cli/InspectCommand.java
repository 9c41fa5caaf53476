package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Tells everything about environments: how they are and what they were made from. */
@Command(name = "inspect", description = "Shows how environments are and what they were made from; secrets are hidden.")
final class InspectCommand extends EngineCommand {

    @Mixin
    private final Selection selection = new Selection();

    private record Facts(EnvironmentStatus status, EnvironmentSpec spec) {}

    @Override
    void check() {
        String problem = selection.problem();
        if (problem != null) {
            throw usage(problem);
        }
    }

    @Override
    int run(Orchestrator engine) {
        Map<String, Facts> found = new ConcurrentSkipListMap<>();
        BatchResult result =
                selection.batch(engine).each(environment -> found.put(environment.name(), facts(environment)));
        if (json() && (result.succeeded() || !found.isEmpty())) {
            Map<String, @Nullable Object> document = Json.object();
            document.put(
                    "environments",
                    found.values().stream().map(InspectCommand::document).toList());
            print(document);
        } else {
            found.values().forEach(this::show);
        }
        Failures failures = new Failures(terminal());
        result.failures().forEach(outcome -> failures.tell(Parts.given(outcome.error()), json(), false));
        return result.succeeded() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static Facts facts(IsolatedEnvironment environment) {
        return new Facts(environment.status(), environment.spec());
    }

    private static Map<String, @Nullable Object> document(Facts facts) {
        Map<String, @Nullable Object> document = Documents.status(facts.status());
        document.put("spec", Documents.spec(facts.spec()));
        return document;
    }

    private void show(Facts facts) {
        EnvironmentStatus status = facts.status();
        line("name", status.name());
        line("id", status.id());
        line("state", Shown.state(status, Instant.now()));
        line("created", status.created().toString());
        status.startedAt().ifPresent(at -> line("started", at.toString()));
        status.finishedAt().ifPresent(at -> line("finished", at.toString()));
        if (status.restarts() > 0) {
            line("restarts", Integer.toString(status.restarts()));
        }
        status.stack().ifPresent(stack -> line("stack", stack));
        status.endpoints()
                .forEach(endpoint -> line("port", endpoint.port() + "/" + endpoint.protocol() + " at " + endpoint));
        EnvironmentSpec spec = facts.spec();
        spec.image().ifPresent(image -> line("image", image));
        spec.template().ifPresent(template -> line("template", template.toString()));
        spec.entrypoint().ifPresent(words -> plain("entrypoint", Text.shell(words)));
        if (!spec.command().isEmpty()) {
            plain("command", Text.shell(spec.command()));
        }
        Documents.env(spec).forEach((name, value) -> plain("env", Text.shell(name + "=" + value)));
        spec.mounts().forEach(mount -> line("mount", mount.toString()));
        spec.limits().memory().ifPresent(bytes -> line("memory limit", bytes + " bytes"));
        spec.limits().cpus().ifPresent(cpus -> line("processor limit", Double.toString(cpus)));
        spec.limits().pids().ifPresent(pids -> line("process limit", Long.toString(pids)));
        line("restart", Documents.restart(spec));
        line("lifetime", spec.lifetime().toString());
        spec.labels().forEach((label, value) -> line("label", label + "=" + value));
        terminal().out().println();
    }

    private void line(String key, String value) {
        plain(key, Text.visible(value));
    }

    private void plain(String key, String value) {
        terminal().out().println(String.format("%-16s%s", key, value));
    }
}
