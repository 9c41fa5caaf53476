package io.cofferdam.driver;

import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells the files of a {@link SnapshotArchive} that is not trusted. Nothing comes out of it that could lead out of a tree:
 * names are plain, nothing is told twice, nothing is below what is no directory, and of links only those that stay inside.
 */
final class ArchiveSource implements FileSource {

    /** So that the names that are remembered take some hundred megabytes at most. */
    private static final int MOST_MEMBERS = 2_000_000;

    private static final int MOST_MANIFEST = 4 * 1024 * 1024;

    private final TarInput tar;
    private final String where;
    private final long limit;
    private final Map<String, FileEntry.Kind> seen = new HashMap<>();

    /** Directories that were not told, only needed by what is in them; these may still be told. */
    private final Set<String> implied = new HashSet<>();

    private int volumes;
    private long bytes;
    private long members;
    private boolean ended;

    ArchiveSource(InputStream in, String where, long limit) {
        this.tar = new TarInput(in);
        this.where = where;
        this.limit = limit;
    }

    SnapshotArchive.Manifest manifest() throws IOException {
        TarInput.Member first = tar.next();
        if (first == null || !first.name().equals(SnapshotArchive.MANIFEST) || first.type() != '0') {
            throw new TarInput.Malformed(
                    "it is no snapshot of an environment: it does not begin with " + SnapshotArchive.MANIFEST);
        }
        SnapshotArchive.Manifest manifest = SnapshotArchive.manifest(small(first));
        volumes = manifest.volumes().size();
        return manifest;
    }

    private byte[] small(TarInput.Member member) throws IOException {
        if (member.size() > MOST_MANIFEST) {
            throw new TarInput.Malformed("'" + member.name() + "' is too large");
        }
        return tar.content().readAllBytes();
    }

    @Override
    public InputStream content() {
        return tar.content();
    }

    @Override
    public @Nullable FileEntry next() throws IOException {
        if (ended) {
            return null;
        }
        TarInput.Member member = tar.next();
        if (member == null) {
            throw new TarInput.Malformed("it has no end: it was cut off");
        }
        if (member.name().equals(SnapshotArchive.END)) {
            byte[] end = small(member);
            if (SnapshotArchive.members(end) != members || SnapshotArchive.bytes(end) != bytes) {
                throw new TarInput.Malformed("it does not hold as much as its end says: it is damaged");
            }
            ended = true;
            return null;
        }
        members++;
        if (members > MOST_MEMBERS) {
            throw new TarInput.Malformed("it has more than " + MOST_MEMBERS + " members");
        }
        if (member.size() > limit - bytes) {
            throw new TarInput.Malformed("its files take more than " + limit
                    + " bytes; raise the limit of the import if that is what they should");
        }
        bytes += member.size();
        return entry(member);
    }

    private FileEntry entry(TarInput.Member member) throws IOException {
        String name = member.name();
        int tree = tree(name);
        String path = path(name, name.substring(start(tree).length()));
        FileEntry.Kind kind = kind(member);
        if (path.isEmpty() && kind != FileEntry.Kind.DIRECTORY) {
            throw unsafe(name, "stands for the whole tree and is no directory");
        }
        remember(name, tree, path, kind);
        String link = "";
        if (kind == FileEntry.Kind.SYMLINK) {
            link = symbolic(name, path, member.link());
        } else if (kind == FileEntry.Kind.HARDLINK) {
            link = hard(name, tree, member.link());
        }
        return new FileEntry(
                tree, path, kind, member.mode(), member.uid(), member.gid(), member.modified(), member.size(), link);
    }

    private static String start(int tree) {
        return tree == FileEntry.ROOT ? "root/" : "volumes/" + tree + "/";
    }

    private int tree(String name) throws IOException {
        if (name.startsWith("root/")) {
            return FileEntry.ROOT;
        }
        if (name.matches("(?s)volumes/\\d{1,4}/.*")) {
            int tree = Integer.parseInt(name.substring("volumes/".length(), name.indexOf('/', "volumes/".length())));
            if (tree < volumes && name.startsWith(start(tree))) {
                return tree;
            }
        }
        throw unsafe(name, "belongs to nothing that the manifest names");
    }

    private String path(String name, String rest) {
        String path = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
        if (path.isEmpty()) {
            return "";
        }
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..") || part.indexOf('\0') >= 0) {
                throw unsafe(name, "leads out of the environment, or is not written plainly");
            }
            if (java.io.File.separatorChar == '\\' && (part.indexOf('\\') >= 0 || part.indexOf(':') >= 0)) {
                throw unsafe(name, "cannot be a name on this host");
            }
        }
        return path;
    }

    private FileEntry.Kind kind(TarInput.Member member) throws IOException {
        return switch (member.type()) {
            case '0' -> FileEntry.Kind.FILE;
            case '1' -> FileEntry.Kind.HARDLINK;
            case '2' -> FileEntry.Kind.SYMLINK;
            case '5' -> FileEntry.Kind.DIRECTORY;
            case '3', '4' -> throw unsafe(member.name(), "is a device");
            default -> throw unsafe(member.name(), "is neither a file nor a directory nor a link");
        };
    }

    /** Whatever is above has to be a directory, so that nothing is ever written through a link. */
    private void remember(String name, int tree, String path, FileEntry.Kind kind) throws IOException {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            String directory = key(tree, path.substring(0, slash));
            FileEntry.Kind above = seen.putIfAbsent(directory, FileEntry.Kind.DIRECTORY);
            if (above == null) {
                implied.add(directory);
            } else if (above != FileEntry.Kind.DIRECTORY) {
                throw unsafe(name, "is below something that is no directory");
            }
        }
        FileEntry.Kind before = seen.put(key(tree, path), kind);
        boolean completes = kind == FileEntry.Kind.DIRECTORY && implied.remove(key(tree, path));
        if (before != null && !completes) {
            throw new TarInput.Malformed("'" + name + "' is in it twice");
        }
    }

    private static String key(int tree, String path) {
        return tree + "/" + path;
    }

    /**
     * A relative link goes up first and then down, so that no other link on its way can turn an up into a way out: what
     * it is in is a real directory, and what it goes down to is inside by the same rule.
     */
    private String symbolic(String name, String path, String target) {
        if (target.isEmpty() || target.indexOf('\0') >= 0) {
            throw unsafe(name, "is a link to nothing");
        }
        boolean absolute = target.startsWith("/");
        int up = 0;
        boolean down = false;
        for (String part : target.split("/", -1)) {
            if (part.equals("..")) {
                if (down || absolute) {
                    throw unsafe(name, "is a link to '" + target + "', which goes up after it went down");
                }
                up++;
            } else if (!part.isEmpty() && !part.equals(".")) {
                down = true;
            }
        }
        long depth = path.chars().filter(c -> c == '/').count();
        if (up > depth) {
            throw unsafe(name, "is a link to '" + target + "', which leads out of the environment");
        }
        return target;
    }

    private String hard(String name, int tree, String target) {
        if (!target.startsWith(start(tree))) {
            throw unsafe(name, "is a hard link to '" + target + "', which leads out of its tree");
        }
        String path = path(target, target.substring(start(tree).length()));
        if (seen.get(key(tree, path)) != FileEntry.Kind.FILE) {
            throw unsafe(name, "is a hard link to '" + target + "', which is no file before it");
        }
        return path;
    }

    private UnsafePathException unsafe(String name, String why) {
        return new UnsafePathException(
                "could not import " + where + ": its member '" + name + "' " + why + "; nothing of it was kept");
    }
}
