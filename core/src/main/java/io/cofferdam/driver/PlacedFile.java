package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A file that is put into a unit, such as that of a secret: {@code toString} does not tell its content. */
@Experimental
public final class PlacedFile {

    private final String target;
    private final byte[] content;
    private final int mode;
    private final int uid;
    private final int gid;

    /**
     * Makes the value.
     *
     * @param target the absolute path inside
     * @param content what is in it, which is copied
     * @param mode its permission bits, 0 to 07777
     * @param uid the number of the user it belongs to
     * @param gid the number of the group it belongs to
     */
    public PlacedFile(String target, byte[] content, int mode, int uid, int gid) {
        this.target = Objects.requireNonNull(target, "target");
        this.content = content.clone();
        this.mode = mode;
        this.uid = uid;
        this.gid = gid;
    }

    /**
     * Where it is to be.
     *
     * @return the absolute path inside
     */
    public String target() {
        return target;
    }

    /**
     * What is in it.
     *
     * @return a copy
     */
    public byte[] content() {
        return content.clone();
    }

    /**
     * Who may do what with it.
     *
     * @return the permission bits
     */
    public int mode() {
        return mode;
    }

    /**
     * The user it belongs to.
     *
     * @return the user's number
     */
    public int uid() {
        return uid;
    }

    /**
     * The group it belongs to.
     *
     * @return the group's number
     */
    public int gid() {
        return gid;
    }

    /** Writes each to a place that nobody else can read, and has it copied from there. */
    static void copyEach(List<PlacedFile> files, BiConsumer<Path, String> copying) {
        try {
            Path folder = Temporary.folder(Path.of(System.getProperty("java.io.tmpdir")));
            Path file = folder.resolve("file");
            try {
                for (PlacedFile placed : files) {
                    Files.write(file, placed.content);
                    if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
                        Files.setPosixFilePermissions(file, permissions(placed.mode));
                    }
                    copying.accept(file, placed.target);
                    Files.delete(file);
                }
            } finally {
                Files.deleteIfExists(file);
                Files.delete(folder);
            }
        } catch (IOException failed) {
            throw new StorageException(
                    "could not write the files of secrets and configs below "
                            + System.getProperty("java.io.tmpdir") + ": " + failed.getMessage()
                            + "; see that there is room",
                    failed);
        }
    }

    private static Set<PosixFilePermission> permissions(int mode) {
        // From the owner's right to read down, as the bits of a mode are.
        List<PosixFilePermission> bits = Arrays.asList(PosixFilePermission.values());
        Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < bits.size(); i++) {
            if ((mode & (0400 >> i)) != 0) {
                set.add(bits.get(i));
            }
        }
        return set;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PlacedFile that
                && target.equals(that.target)
                && Arrays.equals(content, that.content)
                && mode == that.mode
                && uid == that.uid
                && gid == that.gid;
    }

    @Override
    public int hashCode() {
        return Objects.hash(target, Arrays.hashCode(content), mode, uid, gid);
    }

    /** Where it goes and who may read it, without what is in it. */
    @Override
    public String toString() {
        return target + " (mode " + Integer.toOctalString(mode) + ", owner " + uid + ":" + gid + ")";
    }
}
