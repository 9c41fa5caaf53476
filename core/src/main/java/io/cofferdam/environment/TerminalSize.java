package io.cofferdam.environment;

import io.cofferdam.api.Experimental;

/**
 * How large a terminal is.
 *
 * @param columns characters in a line, 1 to 65535
 * @param rows lines, 1 to 65535
 */
@Experimental
public record TerminalSize(int columns, int rows) {

    /**
     * Checks the ranges.
     *
     * @param columns characters in a line, 1 to 65535
     * @param rows lines, 1 to 65535
     * @throws IllegalArgumentException if one of them is out of range
     */
    public TerminalSize {
        if (columns < 1 || columns > 65535 || rows < 1 || rows > 65535) {
            throw new IllegalArgumentException(
                    "a terminal has 1 to 65535 columns and rows, not " + columns + " and " + rows);
        }
    }
}
