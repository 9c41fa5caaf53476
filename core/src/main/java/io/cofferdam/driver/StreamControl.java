package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.TerminalSize;

/** Hears of a conversation with a process when it begins. */
@Experimental
@FunctionalInterface
public interface StreamControl {

    /**
     * The conversation stands: whatever the process writes from now on is delivered.
     *
     * @param terminal changes the size of its terminal; throws where that cannot be done
     */
    void connected(Terminal terminal);

    /** The terminal of a process. */
    @FunctionalInterface
    interface Terminal {

        /**
         * Changes its size.
         *
         * @param size the new size
         * @throws io.cofferdam.error.CofferdamException if there is no terminal, or the process has ended
         */
        void resize(TerminalSize size);
    }
}
