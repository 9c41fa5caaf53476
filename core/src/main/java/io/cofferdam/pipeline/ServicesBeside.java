package io.cofferdam.pipeline;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import java.time.Duration;
import java.util.List;

/** What runs beside a step, reached by its name on a network that only the step and its services are in. */
final class ServicesBeside {

    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private ServicesBeside() {}

    /** Starts them one after the other and tells the stack they are in. What was started goes at the end of the attempt. */
    static String start(StepContext context, List<StepConfig> services) {
        String stack = "run-" + context.run() + "-"
                + RunFolder.digest(context.step()).substring(0, 6) + "-" + context.attempt();
        Orchestrator engine = context.engine();
        for (StepConfig service : services) {
            String alias = service.required("name");
            String name = stack + "-" + RunFolder.digest(alias).substring(0, 6);
            context.onExit(
                    "removing service '" + alias + "'",
                    () -> engine.environments().find(name).ifPresent(ServicesBeside::end));
            try {
                engine.environments().run(spec(context, service, alias, name, stack));
            } catch (CofferdamException failed) {
                throw new StepFailedException(
                        "service '" + alias + "' of step '" + context.step() + "' could not be started: "
                                + failed.getMessage(),
                        Faults.of(failed),
                        failed);
            }
        }
        return stack;
    }

    private static void end(IsolatedEnvironment environment) {
        if (environment.status().state().isAlive()) {
            environment.stop(GRACE);
        }
        environment.remove();
    }

    private static EnvironmentSpec spec(
            StepContext context, StepConfig service, String alias, String name, String stack) {
        StepConfig ready = service.within("ready");
        EnvironmentSpec.Builder spec = EnvironmentSpec.builder()
                .name(name)
                .stack(stack)
                .alias(alias)
                .label("pipeline.run", context.run())
                .readyWhen(readiness(ready))
                .startTimeout(ready.time("timeout").orElse(READY));
        service.text("image").ifPresent(spec::withImage);
        service.text("template")
                .ifPresent(folder ->
                        spec.withTemplate(context.folder().resolve(folder).normalize()));
        if (service.has("command")) {
            spec.withCommand(service.command("command"));
        }
        service.pairs("environment").forEach((variable, value) -> {
            if (value instanceof Secret secret) {
                spec.secretEnv(variable, secret.reveal());
            } else {
                spec.env(variable, String.valueOf(value));
            }
        });
        if (ready.has("port")) {
            spec.port((int) ready.whole("port", 0));
        }
        return spec.build();
    }

    private static Readiness readiness(StepConfig ready) {
        if (ready.has("port")) {
            return Readiness.port((int) ready.whole("port", 0));
        }
        if (ready.has("log")) {
            return Readiness.log(ready.required("log"));
        }
        if (ready.has("command")) {
            return Readiness.probe(Probe.command(ready.command("command").toArray(new String[0])));
        }
        return Readiness.running();
    }
}
