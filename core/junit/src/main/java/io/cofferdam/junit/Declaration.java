package io.cofferdam.junit;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One environment that tests declared.
 *
 * @param name its name within the test
 * @param scope never automatic
 * @param stack which network of its scope it is in; may be empty
 * @param dependsOn names of what is ready before
 * @param reset how it is put back
 * @param pool the size of its pool, or 0
 * @param reuse how long later runs may take it, or null if they may not
 * @param preset what it is
 * @param where the place of the declaration, for messages
 */
record Declaration(
        String name,
        Scope scope,
        String stack,
        Set<String> dependsOn,
        Reset reset,
        int pool,
        @Nullable Duration reuse,
        Preset preset,
        String where) {

    Declaration withScope(Scope value) {
        return new Declaration(name, value, stack, dependsOn, reset, pool, reuse, preset, where);
    }

    /** How its software forgets its data; the reader of declarations made sure of it. */
    DataReset dataReset() {
        DataReset known = preset.dataReset();
        if (known == null) {
            throw new InvalidInputException(
                    where,
                    List.of(new Problem(
                            "reset",
                            preset + " does not know how its software forgets its data",
                            "use Reset.SNAPSHOT, or a preset that does")));
        }
        return known;
    }
}
