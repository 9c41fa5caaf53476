package io.cofferdam.process;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.atomic.AtomicLong;

/** Looks through a copied tree once. */
final class TreeFacts {

    private TreeFacts() {}

    /**
     * Makes a copy independent of where it is from: a link to something in the original, written with its whole path,
     * becomes one to the same thing in the copy. What is neither a file nor a directory nor a link is left out: a socket
     * or pipe means nothing without its processes.
     *
     * @param copy the copy
     * @param original what it is a copy of
     * @return bytes of all files
     */
    static long settle(Path copy, Path original) throws IOException {
        AtomicLong size = new AtomicLong();
        Path from = original.toRealPath();
        Files.walkFileTree(copy, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isRegularFile()) {
                    size.addAndGet(attributes.size());
                } else if (attributes.isSymbolicLink()) {
                    Path target = Files.readSymbolicLink(file);
                    Path parent = file.getParent();
                    if (target.isAbsolute()
                            && parent != null
                            && target.normalize().startsWith(from)) {
                        Path inside =
                                copy.resolve(from.relativize(target.normalize()).toString());
                        Files.delete(file);
                        Files.createSymbolicLink(file, parent.relativize(inside));
                    }
                } else {
                    Files.delete(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return size.get();
    }
}
