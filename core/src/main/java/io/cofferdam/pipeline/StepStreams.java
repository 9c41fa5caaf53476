package io.cofferdam.pipeline;

import io.cofferdam.internal.redact.SecretMask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BiConsumer;

/** The two streams of an attempt: masked, kept in files, shown line by line, their last lines remembered. */
final class StepStreams {

    private static final int LAST_LINES = 20;
    private static final int LONGEST_LINE = 8192;

    private final Deque<String> last = new ArrayDeque<>();
    private final BiConsumer<Boolean, String> lines;
    private final Channel stdout;
    private final Channel stderr;
    private boolean isOver;

    StepStreams(RunFolder folder, String step, SecretMask mask, long limit, BiConsumer<Boolean, String> lines) {
        this.lines = lines;
        this.stdout = new Channel(mask, new StepLog(folder.stdout(step), limit), false);
        this.stderr = new Channel(mask, new StepLog(folder.stderr(step), limit), true);
    }

    OutputStream stdout() {
        return stdout;
    }

    OutputStream stderr() {
        return stderr;
    }

    /** The last whole lines of both. What was not ended yet is not among them: it may be a part of a secret. */
    synchronized List<String> lastLines() {
        return new ArrayList<>(last);
    }

    /** Writes out what was held back. Nothing is written after that. */
    synchronized void end() {
        if (!isOver) {
            isOver = true;
            stdout.end();
            stderr.end();
        }
    }

    private synchronized void line(boolean isError, String text) {
        if (last.size() == LAST_LINES) {
            last.removeFirst();
        }
        last.addLast(text);
        lines.accept(isError, text);
    }

    /** One of the streams. */
    private final class Channel extends OutputStream {
        private final SecretMask.Stream masked;

        Channel(SecretMask mask, StepLog log, boolean isError) {
            this.masked = mask.stream(new Split(log, isError));
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            synchronized (StepStreams.this) {
                if (!isOver) {
                    masked.write(bytes, from, length);
                }
            }
        }

        /** Whoever writes may close: others may write still. */
        @Override
        public void close() {}

        void end() {
            try {
                masked.close();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }
    }

    /** Into the file, and in lines to whoever watches. */
    private final class Split extends OutputStream {
        private final StepLog log;
        private final boolean isError;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Split(StepLog log, boolean isError) {
            this.log = log;
            this.isError = isError;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            log.write(bytes, from, length);
            for (int i = from; i < from + length; i++) {
                if (bytes[i] == '\n') {
                    emit();
                } else if (line.size() < LONGEST_LINE) {
                    line.write(bytes[i]);
                }
            }
        }

        private void emit() {
            String text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            line(isError, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text);
        }

        @Override
        public void close() throws IOException {
            if (line.size() > 0) {
                emit();
            }
            log.close();
        }
    }
}
