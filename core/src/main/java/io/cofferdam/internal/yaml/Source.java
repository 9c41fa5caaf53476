package io.cofferdam.internal.yaml;

import java.nio.file.Path;
import java.util.Map;

/**
 * A file that was read.
 *
 * @param index its number in the order of reading
 * @param shown its path as people know it
 * @param base the folder that relative paths in it are taken from
 * @param variables the variables that hold for it
 */
public record Source(int index, String shown, Path base, Map<String, String> variables) {

    /** The path alone: variables may be secrets. */
    @Override
    public String toString() {
        return shown;
    }
}
