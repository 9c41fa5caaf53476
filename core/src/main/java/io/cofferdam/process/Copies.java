package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;

/** Copies files into and out of the directories of environments. */
final class Copies {

    private final UserSwitch users;

    Copies(UserSwitch users) {
        this.users = users;
    }

    void in(
            InsidePaths paths,
            Path source,
            String target,
            Optional<UserSwitch.User> owner,
            Deadline deadline,
            String what)
            throws IOException {
        if (!InsidePaths.exists(source)) {
            throw new NotFoundException(
                    what + " failed: there is no " + source + " on this host; name an existing path");
        }
        boolean directory = Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
        Path copy = directory ? paths.follow(target) : paths.resolve(target);
        if (!directory && Files.isDirectory(copy)) {
            throw new InvalidInputException(
                    "copy",
                    List.of(new Problem(target, "it is a directory inside", "name the file it is to be in there")));
        }
        boolean existed = InsidePaths.exists(copy);
        Optional<Path> made = parents(copy, owner);
        try {
            Trees.copy(source, copy, deadline, what);
            if (owner.isPresent()) {
                users.own(copy, owner.get());
            }
        } catch (IOException | RuntimeException e) {
            if (!existed) {
                forget(made, copy, e);
            }
            throw e;
        }
    }

    void out(InsidePaths paths, String source, Path target, Deadline deadline, String what) throws IOException {
        Path from = paths.follow(source);
        if (!InsidePaths.exists(from)) {
            throw new NotFoundException(what + " failed: there is no '" + source + "' in it");
        }
        refuseLinksOut(from, what);
        boolean existed = InsidePaths.exists(target);
        Optional<Path> made = parents(target.toAbsolutePath(), Optional.empty());
        try {
            Trees.copy(from, target.toAbsolutePath(), deadline, what);
        } catch (IOException | RuntimeException e) {
            if (!existed) {
                forget(made, target, e);
            }
            throw e;
        }
    }

    /** Looks before anything is copied, so that nothing half-copied is left. */
    private static void refuseLinksOut(Path from, String what) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (attributes.isSymbolicLink()) {
                    Path link = Files.readSymbolicLink(file);
                    Path parent = file.equals(from) ? from : file.getParent();
                    boolean inside = !link.isAbsolute()
                            && parent != null
                            && parent.resolve(link).normalize().startsWith(from);
                    if (!inside) {
                        throw new UnsafePathException(what + " failed: " + from.relativize(file) + " is a link to "
                                + link + ", which leads out of what is copied; nothing was copied");
                    }
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Makes missing directories above; tells the topmost one made. */
    private Optional<Path> parents(Path path, Optional<UserSwitch.User> owner) throws IOException {
        Path parent = path.getParent();
        if (parent == null || Files.isDirectory(parent)) {
            return Optional.empty();
        }
        Path top = parent;
        while (top.getParent() != null && !InsidePaths.exists(top.getParent())) {
            top = top.getParent();
        }
        Files.createDirectories(parent);
        if (owner.isPresent()) {
            users.own(top, owner.get());
        }
        return Optional.of(top);
    }

    private static void forget(Optional<Path> made, Path copy, Exception cause) {
        try {
            Trees.delete(made.orElse(copy));
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
