package io.cofferdam.environment;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** How a command run inside an environment ended and what it wrote. Immutable. */
public final class ExecResult {

    private final int exitCode;
    private final byte[] stdout;
    private final byte[] stderr;
    private final boolean truncated;

    /**
     * Makes a result.
     *
     * @param exitCode the exit code; 128 + n for an end by signal n
     * @param stdout what was captured of the standard output; copied
     * @param stderr what was captured of the standard error; copied
     * @param truncated whether either stream was longer than what is captured
     */
    public ExecResult(int exitCode, byte[] stdout, byte[] stderr, boolean truncated) {
        this.exitCode = exitCode;
        this.stdout = Objects.requireNonNull(stdout, "stdout").clone();
        this.stderr = Objects.requireNonNull(stderr, "stderr").clone();
        this.truncated = truncated;
    }

    /**
     * The exit code.
     *
     * @return 0 to 255; 128 + n for an end by signal n
     */
    public int exitCode() {
        return exitCode;
    }

    /**
     * Whether the command exited with 0.
     *
     * @return true for success
     */
    public boolean succeeded() {
        return exitCode == 0;
    }

    /**
     * What was captured of the standard output.
     *
     * @return a copy of the bytes; empty if a sink took them
     */
    public byte[] stdoutBytes() {
        return stdout.clone();
    }

    /**
     * What was captured of the standard error.
     *
     * @return a copy of the bytes; empty if a sink took them
     */
    public byte[] stderrBytes() {
        return stderr.clone();
    }

    /**
     * The captured standard output as UTF-8 text; malformed bytes become U+FFFD.
     *
     * @return the text
     */
    public String stdout() {
        return new String(stdout, StandardCharsets.UTF_8);
    }

    /**
     * The captured standard error as UTF-8 text; malformed bytes become U+FFFD.
     *
     * @return the text
     */
    public String stderr() {
        return new String(stderr, StandardCharsets.UTF_8);
    }

    /**
     * Whether more was written than was captured; see {@link ExecSpec#CAPTURE_LIMIT}.
     *
     * @return true if output is missing
     */
    public boolean truncated() {
        return truncated;
    }

    /** The exit code and the sizes; what was written may hold secrets. */
    @Override
    public String toString() {
        return "ExecResult[exitCode=" + exitCode + ", stdout=" + stdout.length + " bytes, stderr=" + stderr.length
                + " bytes]";
    }
}
