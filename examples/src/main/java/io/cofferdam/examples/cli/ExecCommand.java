package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs a command inside a running environment; its exit code is that of the program. */
@Command(
        name = "exec",
        description = "Runs a command inside an environment: its streams are ours, and so is its exit code.")
final class ExecCommand extends EngineCommand {

    @Option(
            names = {"-i", "--interactive"},
            description = "pass our input on, also from a terminal; done anyhow when the input is no terminal")
    private boolean interactive;

    @Option(names = "--no-input", description = "give the command no input, whatever ours is")
    private boolean noInput;

    @Option(names = "--env", paramLabel = "K=V", description = "a further variable; can be repeated")
    private List<String> env = new ArrayList<>();

    @Option(names = "--workdir", paramLabel = "DIR", description = "directory to run in")
    @Nullable
    private String workdir;

    @Option(names = "--user", paramLabel = "U", description = "user to run as")
    @Nullable
    private String user;

    @Option(names = "--timeout", paramLabel = "D", description = "time to finish; without it there is no limit")
    @Nullable
    private Duration timeout;

    @Parameters(index = "0", paramLabel = "NAME", description = "the environment")
    private String name = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "-- CMD", description = "the program and its arguments")
    private List<String> words = new ArrayList<>();

    @Override
    void check() {
        List<Problem> problems = new ArrayList<>();
        for (String variable : env) {
            if (variable.indexOf('=') < 1) {
                problems.add(new Problem("--env " + variable, "it is no variable", "write NAME=VALUE"));
            }
        }
        if (timeout != null && timeout.isZero()) {
            problems.add(Problem.at("--timeout", "it is not more than 0"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("command", problems);
        }
    }

    @Override
    int run(Orchestrator engine) {
        IsolatedEnvironment environment = engine.environments().get(name);
        ExecSpec exec = ExecSpec.of(words).withTimeout(timeout == null ? Durations.FOREVER : timeout);
        for (String variable : env) {
            int equals = variable.indexOf('=');
            exec = exec.withEnv(variable.substring(0, equals), variable.substring(equals + 1));
        }
        exec = workdir == null ? exec : exec.withWorkingDirectory(workdir);
        exec = user == null ? exec : exec.withUser(user);
        if (!noInput && (interactive || !terminal().inIsTerminal())) {
            exec = exec.withStdin(terminal().in());
        }
        if (json()) {
            ExecResult result = environment.exec(exec);
            Map<String, @Nullable Object> document = Json.object();
            document.put("exitCode", result.exitCode());
            document.put("stdout", result.stdout());
            document.put("stderr", result.stderr());
            document.put("truncated", result.truncated());
            print(document);
            return result.exitCode();
        }
        return environment
                .exec(exec.withStdout(terminal().out()).withStderr(terminal().err()))
                .exitCode();
    }
}
