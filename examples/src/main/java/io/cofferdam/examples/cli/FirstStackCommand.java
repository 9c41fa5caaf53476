package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.examples.FirstStack;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the example of the README. */
@Command(
        name = "first-stack",
        description = "Runs two instances, a web service that calls a second one by name, and prints an answer.")
final class FirstStackCommand extends EngineCommand {

    @Option(names = "--image", paramLabel = "I", description = "image with a JDK, where the engine runs images")
    private String image = "eclipse-temurin:17-jdk";

    @Override
    int run(Orchestrator engine) {
        Terminal terminal = terminal();
        try {
            FirstStack example = new FirstStack(engine, image, terminal.home().resolve("stack"));
            String answer = example.run(step -> terminal.err().println(Text.visible(step)));
            if (json()) {
                Map<String, @Nullable Object> document = Json.object();
                document.put("answer", answer);
                print(document);
            } else {
                terminal.out().println(Text.visible(answer));
            }
            return ExitCode.DONE;
        } catch (IOException unanswered) {
            throw new CofferdamException("the web service did not answer: " + unanswered.getMessage(), unanswered);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("the example was interrupted", ended);
        }
    }
}
