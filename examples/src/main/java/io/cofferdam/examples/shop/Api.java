package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.Shop.Settings;
import java.io.IOException;
import java.util.Locale;

/** Keeps orders in the queue, and tells what has become of them. */
final class Api implements HttpHandler {

    private final Settings settings;
    private final QueueClient queue;

    Api(Settings settings, QueueClient queue) {
        this.settings = settings;
        this.queue = queue;
    }

    @Override
    public Answer answer(Request request) throws IOException {
        String path = request.path();
        if (path.equals("/health")) {
            return Answer.text(200, "healthy");
        }
        if (path.equals("/")) {
            String[] counts = queue.ask("COUNT").split(" ", -1);
            return Answer.text(
                    200,
                    settings.instance() + ", version " + settings.version() + ": " + counts[1] + " orders wait, "
                            + counts[2] + " are worked on, " + counts[3] + " are done");
        }
        if (path.equals("/orders") && request.method().equals("POST")) {
            return Answer.json(
                    202, "{\"order\":" + queue.ask("PUT " + request.body()).split(" ", -1)[1] + "}");
        }
        if (path.startsWith("/orders/")) {
            String number = path.substring("/orders/".length());
            String[] state = queue.ask("STATE " + number).split(" ", 2);
            return state[0].equals("UNKNOWN")
                    ? Answer.text(404, "there is no order " + number)
                    : Answer.json(
                            200,
                            "{\"order\":" + number + ",\"state\":"
                                    + Text.quoted(state[0].toLowerCase(Locale.ROOT)) + ",\"by\":"
                                    + (state.length > 1 ? Text.quoted(state[1]) : "null") + "}");
        }
        return Answer.text(404, "there is no " + path);
    }
}
