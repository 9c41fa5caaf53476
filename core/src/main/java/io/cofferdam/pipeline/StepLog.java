package io.cofferdam.pipeline;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * What a step wrote to one of its streams, in files of bounded size: the latter half or more of the limit is kept, and how much was
 * dropped before it. The file is made with the first byte. For one thread at a time.
 */
final class StepLog extends OutputStream {

    private static final String OLDER = ".1";

    private final Path file;
    private final long half;
    private @Nullable OutputStream open;
    private long size;
    private boolean hasFailed;

    StepLog(Path file, long limit) {
        this.file = file;
        this.half = Math.max(1, limit / 2);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (hasFailed) {
            return;
        }
        try {
            int at = from;
            int left = length;
            while (left > 0) {
                OutputStream stream = stream();
                int part = (int) Math.min(left, half - size);
                stream.write(bytes, at, part);
                size += part;
                at += part;
                left -= part;
            }
        } catch (IOException full) {
            // A step does not fail because its output cannot be kept; who reads it is told.
            hasFailed = true;
            close();
        }
    }

    private OutputStream stream() throws IOException {
        if (open != null && size < half) {
            return open;
        }
        if (open == null) {
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            size = Files.exists(file) ? Files.size(file) : 0;
        }
        if (size >= half) {
            close();
            Path dropped = file.resolveSibling(file.getFileName() + OLDER);
            if (Files.exists(dropped)) {
                long before = Files.size(dropped);
                Path count = file.resolveSibling(file.getFileName() + ".dropped");
                long sum = before + (Files.exists(count) ? Long.parseLong(Files.readString(count)) : 0);
                Files.writeString(count, Long.toString(sum));
            }
            Files.move(file, dropped, StandardCopyOption.REPLACE_EXISTING);
            size = 0;
        }
        OutputStream stream = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        open = stream;
        return stream;
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
        }
    }

    /** Copies what is kept, with a line about what is not. */
    static void copy(Path file, OutputStream to) throws IOException {
        Path count = file.resolveSibling(file.getFileName() + ".dropped");
        if (Files.exists(count)) {
            to.write(("[" + Files.readString(count).strip() + " bytes before this were dropped]\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        for (Path part : new Path[] {file.resolveSibling(file.getFileName() + OLDER), file}) {
            if (Files.exists(part)) {
                try (InputStream in = Files.newInputStream(part)) {
                    in.transferTo(to);
                }
            }
        }
    }
}
