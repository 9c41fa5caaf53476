package io.cofferdam.docker;

/**
 * What is being done, for messages.
 *
 * @param doing the subject of a sentence: {@code starting 'web' (docker)}
 * @param couldNot how a sentence about its failure begins: {@code could not start 'web' (docker)}
 */
record Operation(String doing, String couldNot) {

    /** For example {@code of("start", "starting", "'web'")}. */
    static Operation of(String verb, String gerund, String object) {
        return new Operation(gerund + " " + object + " (docker)", "could not " + verb + " " + object + " (docker)");
    }

    /** The sentence about its failure. */
    String failed(String reason) {
        return couldNot + ": " + reason;
    }
}
