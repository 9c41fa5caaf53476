package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;

/** Keeps the values of secrets out of stores in clear. Implementations are thread-safe. */
@Experimental
public interface SecretSeal {

    /**
     * Makes text from a secret that only {@link #open} can read.
     *
     * @param secret the bytes
     * @return the text
     */
    String seal(byte[] secret);

    /**
     * Reads what {@link #seal} made.
     *
     * @param text the text
     * @return the bytes
     * @throws io.cofferdam.error.CofferdamException if it was sealed with another key, or damaged
     */
    byte[] open(String text);

    /**
     * Whether the text of {@link #seal} can be kept where others read it.
     *
     * @return false for {@link #none()}
     */
    boolean isSafe();

    /**
     * No seal: for stores in memory.
     *
     * @return a seal that only encodes
     */
    static SecretSeal none() {
        return PlainSeal.INSTANCE;
    }
}
