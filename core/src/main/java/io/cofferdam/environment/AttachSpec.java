package io.cofferdam.environment;

import io.cofferdam.api.Experimental;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How to attach to a main process. Immutable, except that the streams it holds can be used once. */
@Experimental
public final class AttachSpec {

    private final OutputStream stdout;
    private final OutputStream stderr;
    private final boolean input;

    @Nullable
    private final InputStream stdin;

    private AttachSpec(OutputStream stdout, OutputStream stderr, boolean input, @Nullable InputStream stdin) {
        this.stdout = Objects.requireNonNull(stdout, "stdout");
        this.stderr = Objects.requireNonNull(stderr, "stderr");
        this.input = input;
        this.stdin = stdin;
    }

    /**
     * With output only. The sinks are not closed; one that throws ends the attachment with that failure.
     *
     * @param stdout where the standard output goes from now on, and all output where there is a terminal
     * @param stderr where the standard error goes from now on; may be the same
     * @return the specification
     */
    public static AttachSpec output(OutputStream stdout, OutputStream stderr) {
        return new AttachSpec(stdout, stderr, false, null);
    }

    /**
     * With input that is written to {@link Attachment#stdin()}.
     *
     * @return the new specification
     */
    public AttachSpec withInput() {
        return new AttachSpec(stdout, stderr, true, null);
    }

    /**
     * With input: the stream is read to its end, then the main process sees the end of its input. It is not closed.
     *
     * @param from where the input comes from
     * @return the new specification
     */
    public AttachSpec withInput(InputStream from) {
        return new AttachSpec(stdout, stderr, true, Objects.requireNonNull(from, "from"));
    }

    /**
     * Where the standard output goes.
     *
     * @return the sink
     */
    public OutputStream stdout() {
        return stdout;
    }

    /**
     * Where the standard error goes.
     *
     * @return the sink
     */
    public OutputStream stderr() {
        return stderr;
    }

    /**
     * Whether there is input.
     *
     * @return true if there is
     */
    public boolean hasInput() {
        return input;
    }

    /**
     * Where the input comes from.
     *
     * @return empty if there is none, or it is written to {@link Attachment#stdin()}
     */
    public Optional<InputStream> stdin() {
        return Optional.ofNullable(stdin);
    }
}
