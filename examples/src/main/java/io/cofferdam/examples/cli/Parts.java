package io.cofferdam.examples.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Access to fields that the command line parser fills before a command runs. */
final class Parts {

    private Parts() {}

    static <T> T given(@Nullable T part) {
        return Objects.requireNonNull(part, "the command line was not parsed");
    }
}
