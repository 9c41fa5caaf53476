package io.cofferdam.kubernetes;

import io.cofferdam.error.UnsafePathException;
import java.util.ArrayList;
import java.util.List;

/**
 * A path inside a container, without {@code .}, {@code ..} and double slashes. What is not absolute begins at the root.
 *
 * @param parts its names from the root on; none for the root itself
 */
record InsidePath(List<String> parts) {

    InsidePath {
        parts = List.copyOf(parts);
    }

    /**
     * Reads a path.
     *
     * @throws UnsafePathException if it leads above the root
     */
    static InsidePath parse(Operation operation, String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            if (part.equals("..")) {
                if (parts.isEmpty()) {
                    throw new UnsafePathException(operation.failed(
                            "the path '" + text + "' leads out of the environment; give one without '..'"));
                }
                parts.remove(parts.size() - 1);
            } else if (!part.isEmpty() && !part.equals(".")) {
                if (part.indexOf('\0') >= 0) {
                    throw new UnsafePathException(operation.failed("the path has a NUL character"));
                }
                parts.add(part);
            }
        }
        return new InsidePath(parts);
    }

    boolean isRoot() {
        return parts.isEmpty();
    }

    /** Its last name; empty for the root. */
    String name() {
        return isRoot() ? "" : parts.get(parts.size() - 1);
    }

    /** The folder it is in; the root's is the root. */
    InsidePath parent() {
        return isRoot() ? this : new InsidePath(parts.subList(0, parts.size() - 1));
    }

    /** What comes after a path that this one begins with. */
    List<String> below(InsidePath start) {
        return parts.subList(start.parts().size(), parts.size());
    }

    @Override
    public String toString() {
        return "/" + String.join("/", parts);
    }
}
