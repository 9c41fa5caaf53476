package io.cofferdam.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/** Who may read what: the owner, and nobody else. */
final class Permissions {

    private Permissions() {}

    /** For a new directory that only its owner may enter. */
    static FileAttribute<?>[] directory() {
        return of("rwx------");
    }

    /** For a new file that only its owner may read. */
    static FileAttribute<?>[] file() {
        return of("rw-------");
    }

    private static FileAttribute<?>[] of(String permissions) {
        return Host.hasPermissions()
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Sets the permissions of something that exists, where there are permissions. */
    static void set(Path path, String permissions) throws IOException {
        if (Host.hasPermissions()) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        }
    }
}
