package io.cofferdam.kubernetes;

/**
 * What is being done, for messages.
 *
 * @param doing the subject of a sentence: {@code starting 'web' (kubernetes)}
 * @param couldNot how a sentence about its failure begins: {@code could not start 'web' (kubernetes)}
 */
record Operation(String doing, String couldNot) {

    /** For example {@code of("start", "starting", "'web'")}. */
    static Operation of(String verb, String gerund, String object) {
        return new Operation(
                gerund + " " + object + " (kubernetes)", "could not " + verb + " " + object + " (kubernetes)");
    }

    /** The sentence about its failure. */
    String failed(String reason) {
        return couldNot + ": " + reason;
    }
}
