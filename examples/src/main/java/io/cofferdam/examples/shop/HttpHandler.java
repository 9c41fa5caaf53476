package io.cofferdam.examples.shop;

import java.io.IOException;
import java.util.Map;

/** Answers requests. */
interface HttpHandler {

    Answer answer(Request request) throws IOException, InterruptedException;

    /**
     * A request.
     *
     * @param method for example {@code GET}
     * @param path without the query
     * @param query what follows the question mark
     * @param body the content; empty if there is none
     */
    record Request(String method, String path, Map<String, String> query, String body) {}

    /**
     * An answer.
     *
     * @param status the status
     * @param type the type of the content
     * @param body the content
     */
    record Answer(int status, String type, String body) {

        static Answer json(int status, String document) {
            return new Answer(status, "application/json", document + "\n");
        }

        static Answer text(int status, String text) {
            return new Answer(status, "text/plain; charset=utf-8", text + "\n");
        }
    }
}
