package io.cofferdam.environment;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A command to run inside a running environment. Immutable, except that the streams it holds can be used once.
 *
 * <pre>{@code
 * ExecResult dump = db.exec(ExecSpec.of("pg_dump", "shop").withTimeout(Duration.ofMinutes(5)).withStdout(file));
 * }</pre>
 */
public final class ExecSpec {

    /** How much of each stream is kept in the result when no sink is given: 16 MiB; what follows is counted only. */
    public static final int CAPTURE_LIMIT = 16 * 1024 * 1024;

    private final List<String> command;
    private final Map<String, String> env;

    @Nullable
    private final String workingDirectory;

    @Nullable
    private final String user;

    @Nullable
    private final InputStream stdin;

    @Nullable
    private final OutputStream stdout;

    @Nullable
    private final OutputStream stderr;

    private final Duration timeout;

    @Nullable
    private final TerminalSize terminal;

    private ExecSpec(
            List<String> command,
            Map<String, String> env,
            @Nullable String workingDirectory,
            @Nullable String user,
            @Nullable InputStream stdin,
            @Nullable OutputStream stdout,
            @Nullable OutputStream stderr,
            Duration timeout,
            @Nullable TerminalSize terminal) {
        this.command = List.copyOf(command);
        this.env = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(env));
        this.workingDirectory = workingDirectory;
        this.user = user;
        this.stdin = stdin;
        this.stdout = stdout;
        this.stderr = stderr;
        this.timeout = Objects.requireNonNull(timeout, "timeout");
        this.terminal = terminal;
    }

    /**
     * A command with no input, whose output is captured, with 60 seconds to finish.
     *
     * @param command the program and its arguments; no shell is put in between
     * @return the specification
     * @throws IllegalArgumentException if there is no program
     */
    public static ExecSpec of(String... command) {
        return of(List.of(command));
    }

    /**
     * A command with no input, whose output is captured, with 60 seconds to finish.
     *
     * @param command the program and its arguments; no shell is put in between
     * @return the specification
     * @throws IllegalArgumentException if there is no program
     */
    public static ExecSpec of(List<String> command) {
        if (command.isEmpty()) {
            throw new IllegalArgumentException("a command to run inside an environment needs at least a program");
        }
        return new ExecSpec(command, Map.of(), null, null, null, null, null, Duration.ofSeconds(60), null);
    }

    /**
     * With a variable besides those of the environment.
     *
     * @param variable its name
     * @param value its value
     * @return the new specification
     */
    public ExecSpec withEnv(String variable, String value) {
        Map<String, String> more = new LinkedHashMap<>(env);
        more.put(Objects.requireNonNull(variable, "variable"), Objects.requireNonNull(value, "value"));
        return new ExecSpec(command, more, workingDirectory, user, stdin, stdout, stderr, timeout, terminal);
    }

    /**
     * In another directory than the environment's own.
     *
     * @param directory a path inside
     * @return the new specification
     */
    public ExecSpec withWorkingDirectory(String directory) {
        return new ExecSpec(command, env, directory, user, stdin, stdout, stderr, timeout, terminal);
    }

    /**
     * As another user than the environment's own.
     *
     * @param name a name or number
     * @return the new specification
     */
    public ExecSpec withUser(String name) {
        return new ExecSpec(command, env, workingDirectory, name, stdin, stdout, stderr, timeout, terminal);
    }

    /**
     * With input: the stream is read to its end, then the command sees the end of its input. The stream is not closed.
     *
     * @param input where the input comes from
     * @return the new specification
     */
    public ExecSpec withStdin(InputStream input) {
        return new ExecSpec(command, env, workingDirectory, user, input, stdout, stderr, timeout, terminal);
    }

    /**
     * With a text as input, in UTF-8.
     *
     * @param text the input
     * @return the new specification
     */
    public ExecSpec withStdin(String text) {
        return withStdin(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * With a sink for the standard output, which is then not captured. The sink is not closed. A sink that throws ends
     * the call with that error.
     *
     * @param sink where the bytes go as they come, from one thread at a time
     * @return the new specification
     */
    public ExecSpec withStdout(OutputStream sink) {
        return new ExecSpec(command, env, workingDirectory, user, stdin, sink, stderr, timeout, terminal);
    }

    /**
     * With a sink for the standard error, which is then not captured. The sink is not closed.
     *
     * @param sink where the bytes go as they come, from one thread at a time
     * @return the new specification
     */
    public ExecSpec withStderr(OutputStream sink) {
        return new ExecSpec(command, env, workingDirectory, user, stdin, stdout, sink, timeout, terminal);
    }

    /**
     * With another time to finish. A command that takes longer is ended where the engine can do that, and the call fails.
     *
     * @param duration more than 0
     * @return the new specification
     */
    public ExecSpec withTimeout(Duration duration) {
        return new ExecSpec(command, env, workingDirectory, user, stdin, stdout, stderr, duration, terminal);
    }

    /**
     * With a terminal, which carries the input and all output as standard output. Needs {@code Capability.TERMINAL}.
     *
     * @param size its size
     * @return the new specification
     */
    public ExecSpec withTerminal(TerminalSize size) {
        return new ExecSpec(
                command,
                env,
                workingDirectory,
                user,
                stdin,
                stdout,
                stderr,
                timeout,
                Objects.requireNonNull(size, "size"));
    }

    /**
     * The terminal.
     *
     * @return empty for none
     */
    public Optional<TerminalSize> terminal() {
        return Optional.ofNullable(terminal);
    }

    /**
     * The program and its arguments.
     *
     * @return an immutable list with at least one part
     */
    public List<String> command() {
        return command;
    }

    /**
     * Variables besides those of the environment.
     *
     * @return an immutable map
     */
    public Map<String, String> env() {
        return env;
    }

    /**
     * The directory to run in.
     *
     * @return empty for the environment's own
     */
    public Optional<String> workingDirectory() {
        return Optional.ofNullable(workingDirectory);
    }

    /**
     * The user to run as.
     *
     * @return empty for the environment's own
     */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /**
     * The input.
     *
     * @return empty for none: the command then sees the end of its input at once
     */
    public Optional<InputStream> stdin() {
        return Optional.ofNullable(stdin);
    }

    /**
     * The sink for the standard output.
     *
     * @return empty to capture it
     */
    public Optional<OutputStream> stdout() {
        return Optional.ofNullable(stdout);
    }

    /**
     * The sink for the standard error.
     *
     * @return empty to capture it
     */
    public Optional<OutputStream> stderr() {
        return Optional.ofNullable(stderr);
    }

    /**
     * The time to finish.
     *
     * @return more than 0
     */
    public Duration timeout() {
        return timeout;
    }

    /** The program only: arguments and variables may hold secrets. */
    @Override
    public String toString() {
        return "ExecSpec[" + command.get(0) + (command.size() > 1 ? " … " + (command.size() - 1) + " arguments" : "")
                + "]";
    }
}
