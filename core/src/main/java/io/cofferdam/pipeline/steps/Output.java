package io.cofferdam.pipeline.steps;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Lines for the output of a step. */
final class Output {

    private final OutputStream stream;

    Output(OutputStream stream) {
        this.stream = stream;
    }

    void line(String text) {
        try {
            stream.write((text + "\n").getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
