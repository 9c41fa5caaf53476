package io.cofferdam.environment;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Storage that appears at a path inside an environment. */
public sealed interface Mount {

    /**
     * Where it appears inside.
     *
     * @return an absolute path; on processes it is taken below the environment's own directory
     */
    String target();

    /**
     * Whether the environment may only read it.
     *
     * @return true for read-only
     */
    boolean readOnly();

    /**
     * A file or directory of the host.
     *
     * @param source the host path; must exist when the environment is created
     * @param target the absolute path inside
     * @return a mount that may be written to
     */
    static Bind bind(Path source, String target) {
        return new Bind(source, target, false);
    }

    /**
     * A named volume, made on first use without labels, which outlives the environment.
     *
     * @param volume the volume's name
     * @param target the absolute path inside
     * @return a mount that may be written to
     */
    static Volume volume(String volume, String target) {
        return new Volume(volume, target, false);
    }

    /**
     * Storage of the environment alone: it survives restarts and is removed together with the environment, and an update
     * begins with an empty one. What the image or template has at the path is there at first.
     *
     * @param target the absolute path inside
     * @return a mount that may be written to
     */
    static Temporary temporary(String target) {
        return new Temporary(target);
    }

    /**
     * A file system in memory that is empty at each start.
     *
     * @param target the absolute path inside
     * @param sizeBytes its size in bytes, at least 1, or null for the engine's default
     * @return the mount
     */
    static Tmpfs tmpfs(String target, @Nullable Long sizeBytes) {
        return new Tmpfs(target, sizeBytes);
    }

    /**
     * A file or directory of the host.
     *
     * @param source the host path
     * @param target the absolute path inside
     * @param readOnly whether it can only be read inside
     */
    record Bind(Path source, String target, boolean readOnly) implements Mount {
        public Bind {
            source = source.toAbsolutePath().normalize();
            Objects.requireNonNull(target, "target");
        }

        /**
         * The same mount, read-only inside.
         *
         * @return the mount
         */
        public Bind asReadOnly() {
            return new Bind(source, target, true);
        }
    }

    /**
     * A named volume.
     *
     * @param volume the volume's name
     * @param target the absolute path inside
     * @param readOnly whether it can only be read inside
     */
    record Volume(String volume, String target, boolean readOnly) implements Mount {
        public Volume {
            Objects.requireNonNull(volume, "volume");
            Objects.requireNonNull(target, "target");
        }

        /**
         * The same mount, read-only inside.
         *
         * @return the mount
         */
        public Volume asReadOnly() {
            return new Volume(volume, target, true);
        }
    }

    /**
     * Storage of the environment alone.
     *
     * @param target the absolute path inside
     */
    record Temporary(String target) implements Mount {
        public Temporary {
            Objects.requireNonNull(target, "target");
        }

        @Override
        public boolean readOnly() {
            return false;
        }
    }

    /**
     * A file system in memory.
     *
     * @param target the absolute path inside
     * @param sizeBytes its size in bytes, or null for the engine's default
     */
    record Tmpfs(String target, @Nullable Long sizeBytes) implements Mount {
        public Tmpfs {
            Objects.requireNonNull(target, "target");
        }

        @Override
        public boolean readOnly() {
            return false;
        }
    }
}
