package io.cofferdam.examples;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.function.Consumer;

/**
 * A first look at the library: a stack of two instances, a web service that calls a second one by its name, on whatever
 * engine there is. Nothing in it asks which engine that may be, but for the place of the {@code java} program.
 */
public final class FirstStack {

    private final Orchestrator engine;
    private final String image;
    private final Path sources;

    /**
     * Prepares the stack without starting anything.
     *
     * @param engine where it is to run
     * @param image an image with a JDK, for engines that run images
     * @param sources the folder with {@code Web.java} and {@code Greeter.java}
     */
    public FirstStack(Orchestrator engine, String image, Path sources) {
        this.engine = engine;
        this.image = image;
        this.sources = sources;
    }

    /**
     * Runs the stack on the best engine there is.
     *
     * @param args none
     * @throws Exception if the stack cannot be run
     */
    public static void main(String[] args) throws Exception {
        try (Orchestrator engine = Cofferdam.open()) {
            new FirstStack(engine, "eclipse-temurin:17-jdk", Path.of("examples/stack")).run(System.out::println);
        }
    }

    /**
     * Starts the stack, sends one request to it and removes it.
     *
     * @param log told about each step
     * @return the answer of the web service
     * @throws IOException if the request fails
     * @throws InterruptedException if the thread is interrupted during the request
     */
    public String run(Consumer<String> log) throws IOException, InterruptedException {
        String stack = "first-" + ProcessHandle.current().pid();
        log.accept("stack '" + stack + "' on " + engine.info().engine() + " "
                + engine.info().version());

        // Environments live until they are closed, unless their lifetime says otherwise.
        try (IsolatedEnvironment greeter = start(java("Greeter.java", "8081")
                        .name(stack + "-greeter")
                        .stack(stack)
                        .alias("greeter")
                        .readyWhen(Readiness.log("listens")));
                IsolatedEnvironment web = start(java("Web.java", "8080", "http://greeter:8081/")
                        .name(stack + "-web")
                        .stack(stack)
                        .port(8080)
                        .readyWhen(Readiness.http(8080, "/")))) {

            log.accept("running: " + greeter.name() + " and " + web.name());
            Endpoint endpoint = web.endpoint(8080);
            log.accept("GET " + endpoint.uri("http"));
            HttpRequest request = HttpRequest.newBuilder(endpoint.uri("http")).build();
            return HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** An environment that runs a Java source file with its arguments. */
    private EnvironmentSpec.Builder java(String... sourceAndArguments) {
        String[] command = new String[sourceAndArguments.length + 1];
        System.arraycopy(sourceAndArguments, 0, command, 1, sourceAndArguments.length);
        EnvironmentSpec.Builder spec = EnvironmentSpec.builder();
        if (engine.capabilities().has(Capability.IMAGES)) {
            command[0] = "java";
            spec.withImage(image).workingDirectory("/stack");
        } else {
            command[0] = System.getProperty("java.home") + "/bin/java";
            spec.withTemplate(sources);
        }
        return spec.withCommand(command);
    }

    private IsolatedEnvironment start(EnvironmentSpec.Builder builder) {
        EnvironmentSpec spec = builder.build();
        IsolatedEnvironment environment = engine.environments()
                .create(spec.toBuilder()
                        .env("INSTANCE", spec.name().orElseThrow())
                        .build());
        if (spec.image().isPresent()) {
            environment.copyIn(sources, "/stack");
        }
        environment.start();
        return environment;
    }
}
