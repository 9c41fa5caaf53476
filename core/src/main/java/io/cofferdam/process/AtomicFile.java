package io.cofferdam.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Files that are replaced as a whole: a reader sees the old or the new content, also after a crash. */
final class AtomicFile {

    private static final Set<OpenOption> NEW = Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

    private AtomicFile() {}

    /** Replaces the content; only the owner may read the file. */
    static void write(Path file, String content) throws IOException {
        Path next = file.resolveSibling("." + file.getFileName() + "." + UUID.randomUUID());
        try {
            try (FileChannel channel = FileChannel.open(next, NEW, Permissions.file())) {
                ByteBuffer bytes = ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** The content; empty if there is no such file. Not open to interrupts: the files are small and local. */
    static Optional<String> read(Path file) {
        return ProcessTable.read(file).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
}
