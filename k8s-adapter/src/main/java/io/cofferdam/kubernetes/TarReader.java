package io.cofferdam.kubernetes;

import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Unpacks an archive into a staging folder. The archive comes from a container and is not trusted: names that lead out and
 * links that lead out are refused, and nothing is written through a link. Devices and pipes are left out.
 */
final class TarReader {

    private final Operation operation;
    private final Staging staging;
    private final String root;

    /**
     * @param root the first name of every path in the archive, which stands for what was asked for; empty if there is none
     */
    TarReader(Operation operation, Staging staging, String root) {
        this.operation = operation;
        this.staging = staging;
        this.root = root;
    }

    void read(InputStream in) throws IOException {
        TarArchiveInputStream tar = new TarArchiveInputStream(in, "UTF-8");
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            List<String> path = path(entry.getName());
            if (entry.isSymbolicLink()) {
                staging.link(operation, path, entry.getLinkName());
            } else if (entry.isLink()) {
                staging.hardLink(operation, path, path(entry.getLinkName()));
            } else if (entry.isDirectory()) {
                staging.directory(operation, path, entry.getMode());
            } else if (entry.isFile() && !entry.isCharacterDevice() && !entry.isBlockDevice() && !entry.isFIFO()) {
                staging.file(operation, path, entry.getMode(), tar);
            }
        }
        staging.checkLinks(operation);
    }

    /** The names of an entry's path without the root; none for the root itself. */
    private List<String> path(String name) {
        List<String> parts = new ArrayList<>();
        for (String part : name.split("/", -1)) {
            if (part.equals("..") || (part.indexOf('\\') >= 0 && java.io.File.separatorChar == '\\')) {
                throw new UnsafePathException(
                        operation.failed("the archive has an entry '" + name + "' that leads out of the target"));
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (root.isEmpty()) {
            return parts;
        }
        if (parts.isEmpty() || !parts.get(0).equals(root)) {
            throw new UnsafePathException(operation.failed(
                    "the archive has an entry '" + name + "' that does not belong to what was asked for"));
        }
        return parts.subList(1, parts.size());
    }
}
