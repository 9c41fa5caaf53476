package io.cofferdam.docker;

import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.LogLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Takes what a command writes: to the caller's sinks, or captured. An engine that cannot start the program writes the
 * reason into its standard output; that is held back and told as standard error with the exit code that shells use.
 */
final class ExecOutput implements Frames.Sink, AutoCloseable {

    private static final byte[] ENGINE_ERROR = "OCI runtime exec failed".getBytes(StandardCharsets.US_ASCII);

    private final @Nullable OutputStream stdoutSink;
    private final @Nullable OutputStream stderrSink;
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();

    /** The beginning of the standard output while it may still be the engine's; null once it is not. */
    private @Nullable ByteArrayOutputStream held = new ByteArrayOutputStream();

    private boolean truncated;
    private int refusedWith = -1;
    private volatile boolean closed;

    ExecOutput(ExecSpec spec) {
        stdoutSink = spec.stdout().orElse(null);
        stderrSink = spec.stderr().orElse(null);
    }

    @Override
    public void accept(LogLine.Stream stream, boolean first, byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new InterruptedIOException("given up");
        }
        if (stream == LogLine.Stream.STDOUT && held != null) {
            held.write(bytes, offset, length);
            if (!mayBeTheEngine(held.toByteArray())) {
                release();
            }
            return;
        }
        write(stream, bytes, offset, length);
    }

    private static boolean mayBeTheEngine(byte[] bytes) {
        if (bytes.length > 16 * 1024) {
            return false;
        }
        for (int i = 0; i < Math.min(bytes.length, ENGINE_ERROR.length); i++) {
            if (bytes[i] != ENGINE_ERROR[i]) {
                return false;
            }
        }
        return true;
    }

    private void release() {
        if (held != null) {
            byte[] bytes = held.toByteArray();
            held = null;
            write(LogLine.Stream.STDOUT, bytes, 0, bytes.length);
        }
    }

    private void write(LogLine.Stream stream, byte[] bytes, int offset, int length) {
        OutputStream sink = stream == LogLine.Stream.STDOUT ? stdoutSink : stderrSink;
        if (sink != null) {
            try {
                sink.write(bytes, offset, length);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return;
        }
        ByteArrayOutputStream capture = stream == LogLine.Stream.STDOUT ? stdout : stderr;
        int room = Math.min(length, ExecSpec.CAPTURE_LIMIT - capture.size());
        capture.write(bytes, offset, room);
        truncated |= room < length;
    }

    /** Takes the engine's refusal to start the program; false if it was refused for another reason. */
    boolean refused(Refusal refusal) {
        var code = Faults.notExecutable(refusal.reason());
        if (code.isEmpty()) {
            return false;
        }
        refusedWith = code.getAsInt();
        byte[] reason = (refusal.reason() + "\n").getBytes(StandardCharsets.UTF_8);
        write(LogLine.Stream.STDERR, reason, 0, reason.length);
        return true;
    }

    /** What the command wrote, once it has ended with the exit code that the engine tells. */
    ExecResult result(int told) {
        int code = refusedWith >= 0 ? refusedWith : told;
        if (held != null) {
            byte[] bytes = held.toByteArray();
            boolean engines = (told == 126 || told == 127) && bytes.length >= ENGINE_ERROR.length;
            if (engines) {
                // Some engines tell 126 for both.
                code = Faults.notExecutable(new String(bytes, StandardCharsets.UTF_8))
                        .orElse(told);
                held = null;
                write(LogLine.Stream.STDERR, bytes, 0, bytes.length);
            } else {
                release();
            }
        }
        return new ExecResult(code, stdout.toByteArray(), stderr.toByteArray(), truncated);
    }

    /** From now on nothing more gets to the caller's sinks. */
    @Override
    public void close() {
        closed = true;
    }
}
