package io.cofferdam.process;

import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The operating system this JVM runs on, as far as processes differ by it. */
enum Host {
    /** Has {@code /proc}, 127.0.0.0/8 and change notifications. */
    LINUX,
    /** POSIX without {@code /proc}: macOS, the BSDs. */
    UNIX,
    /** No signals, no {@code sh}: processes are plain children. */
    WINDOWS;

    private static final Path PROC_SELF = Path.of("/proc/self/stat");

    static Host current() {
        String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        if (name.startsWith("windows")) {
            return WINDOWS;
        }
        return name.startsWith("linux") && Files.isReadable(PROC_SELF) ? LINUX : UNIX;
    }

    boolean isPosix() {
        return this != WINDOWS;
    }

    /** The name as engines give it: {@code linux}, {@code darwin}, {@code windows}. */
    String systemName() {
        return switch (this) {
            case LINUX -> "linux";
            case WINDOWS -> "windows";
            case UNIX -> {
                String name = System.getProperty("os.name", "unix").toLowerCase(Locale.ROOT);
                yield name.startsWith("mac") ? "darwin" : name.replace(' ', '-');
            }
        };
    }

    /** Whether files have an owner and permissions. */
    static boolean hasPermissions() {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    }
}
