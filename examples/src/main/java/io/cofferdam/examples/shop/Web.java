package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.Shop.Running;
import io.cofferdam.examples.shop.Shop.Settings;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What the public sees:
 *
 * <pre>
 * GET  /            what the shop is doing, from web to the queue and back
 * GET  /version     which version and instance answers
 * GET  /health      200 or 503
 * GET  /slow?ms=N   as /version, after N milliseconds, 0 to 2000
 * POST /orders      the content is the order; answers with its number
 * GET  /orders/N    where it is: waiting, working, done
 * </pre>
 */
final class Web implements HttpHandler {

    private static final int SLOWEST = 2_000;

    private final Settings settings;
    private final ApiClient api;
    private final long start = System.nanoTime();

    Web(Settings settings, ApiClient api) {
        this.settings = settings;
        this.api = api;
    }

    /** The listener, which is no healthier than what it serves. */
    Running listen(HttpListener listener) {
        return new Running() {
            @Override
            public boolean isHealthy() {
                return listener.isHealthy() && Web.this.isHealthy();
            }

            @Override
            public boolean drain(Duration grace) {
                return listener.drain(grace);
            }
        };
    }

    @Override
    public Answer answer(Request request) throws IOException, InterruptedException {
        String path = request.path();
        if (request.method().equals("POST")) {
            return path.equals("/orders") ? order(request.body()) : Answer.text(404, "orders go to /orders");
        }
        return switch (path) {
            case "/" ->
                Answer.text(
                        200,
                        "The shop, version " + settings.version() + ". " + settings.instance() + " asked "
                                + api.get("/").body().strip());
            case "/version" -> version();
            case "/slow" -> {
                Thread.sleep(milliseconds(request.query().getOrDefault("ms", "0")));
                yield version();
            }
            case "/health" -> isHealthy() ? Answer.text(200, "healthy") : Answer.text(503, "not healthy");
            default -> path.matches("/orders/\\d{1,18}") ? api.get(path) : Answer.text(404, "there is no " + path);
        };
    }

    private boolean isHealthy() {
        return settings.fault().isHealthyAfter(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
    }

    private Answer order(String text) throws IOException {
        if (text.isBlank() || text.contains("\n") || text.length() > 1_000) {
            return Answer.text(400, "an order is one line of at most 1000 characters");
        }
        return api.post("/orders", text);
    }

    private Answer version() {
        return Answer.json(
                200,
                "{\"version\":" + Text.quoted(settings.version()) + ",\"instance\":" + Text.quoted(settings.instance())
                        + "}");
    }

    private static int milliseconds(String text) {
        if (!text.matches("\\d{1,4}") || Integer.parseInt(text) > SLOWEST) {
            throw new IllegalArgumentException("ms is 0 to " + SLOWEST);
        }
        return Integer.parseInt(text);
    }
}
