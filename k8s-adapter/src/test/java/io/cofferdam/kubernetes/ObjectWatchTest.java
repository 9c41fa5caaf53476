package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The watch against a server that cuts it off, forgets its place, and tells what nobody knows. */
@Timeout(60)
class ObjectWatchTest {

    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final List<String> watches = new CopyOnWriteArrayList<>();

    private static String pod(String name, int version, String phase) {
        return "{\"metadata\":{\"name\":\"" + name + "\",\"uid\":\"u-" + name + "\",\"resourceVersion\":\"" + version
                + "\",\"brandNew\":{\"deep\":[null]}},\"status\":{\"phase\":\"" + phase + "\",\"odd\":1}}";
    }

    private static String list(int version, String... items) {
        return "{\"kind\":\"PodList\",\"metadata\":{\"resourceVersion\":\"" + version + "\"},\"items\":["
                + String.join(",", items) + "]}";
    }

    private static void event(OutputStream out, String type, String object) throws Exception {
        out.write(("{\"type\":\"" + type + "\",\"object\":" + object + ",\"more\":true}\n")
                .getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private void changed(@Nullable JsonNode before, @Nullable JsonNode after) {
        JsonNode object = after == null ? before : after;
        String what = before == null ? "new" : after == null ? "gone" : "changed";
        told.add(what + " " + Marks.name(object) + " "
                + object.path("status").path("phase").asText());
    }

    private String next() throws InterruptedException {
        return String.valueOf(told.poll(30, TimeUnit.SECONDS));
    }

    /** What the n-th watch, from 1 on, is answered. */
    @FunctionalInterface
    private interface Watches {
        void answer(int number, FakeApiServer.Exchange exchange) throws Exception;
    }

    private static void holdOpen() throws InterruptedException {
        TimeUnit.SECONDS.sleep(60); // until the server of the test is stopped
    }

    private void with(List<String> lists, Watches answers, Runnable test) throws Exception {
        AtomicInteger listed = new AtomicInteger();
        AtomicInteger watched = new AtomicInteger();
        try (FakeApiServer server = new FakeApiServer(exchange -> {
                    if (exchange.query().contains("watch=true")) {
                        watches.add(exchange.query());
                        answers.answer(watched.incrementAndGet(), exchange);
                    } else {
                        exchange.answer(200, lists.get(Math.min(listed.getAndIncrement(), lists.size() - 1)));
                    }
                });
                Api api = server.api(Credentials.NONE, time -> {});
                ObjectWatch watch = new ObjectWatch(api, server.threads(), "pods", "/pods", "a=b")) {
            watch.listen(this::changed);
            watch.open(Deadline.in(Duration.ofSeconds(30)));
            test.run();
            assertThat(listed.get()).as("lists").isLessThanOrEqualTo(lists.size());
        }
    }

    @Test
    @DisplayName(
            "a watch that is cut off is taken up where it was, by a bookmark if that came last; nothing is told twice")
    void resumes() throws Exception {
        with(
                List.of(list(5, pod("a", 3, "Pending"))),
                (number, exchange) -> {
                    try (OutputStream out = exchange.stream()) {
                        if (number == 1) {
                            event(out, "MODIFIED", pod("a", 6, "Running"));
                            event(out, "BOOKMARK", "{\"metadata\":{\"resourceVersion\":\"9\"}}");
                        } else {
                            event(out, "MODIFIED", pod("a", 6, "Running"));
                            event(out, "SOMETHINGNEW", "{\"metadata\":{\"resourceVersion\":\"10\"}}");
                            event(out, "DELETED", pod("a", 11, "Succeeded"));
                            holdOpen();
                        }
                    }
                },
                () -> {
                    try {
                        assertThat(List.of(next(), next(), next(), next()))
                                .containsExactly(
                                        "new a Pending",
                                        "changed a Running",
                                        "changed a Succeeded",
                                        "gone a Succeeded");
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        assertThat(watches.get(0)).contains("resourceVersion=5").contains("allowWatchBookmarks=true");
        assertThat(watches.get(1)).contains("resourceVersion=9");
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("410: everything is listed again, and only what is different is told")
    void forgottenPlace() throws Exception {
        with(
                List.of(
                        list(5, pod("a", 3, "Pending"), pod("b", 4, "Running"), pod("c", 4, "Running")),
                        list(50, pod("a", 40, "Running"), pod("b", 4, "Running"), pod("d", 45, "Pending"))),
                (number, exchange) -> {
                    if (number == 1) {
                        try (OutputStream out = exchange.stream()) {
                            event(out, "ERROR", "{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}");
                        }
                    } else {
                        try (OutputStream out = exchange.stream()) {
                            event(out, "MODIFIED", pod("d", 51, "Running"));
                            holdOpen();
                        }
                    }
                },
                () -> {
                    try {
                        assertThat(List.of(next(), next(), next())).allMatch(line -> line.startsWith("new"));
                        assertThat(List.of(next(), next(), next()))
                                .containsExactlyInAnyOrder("changed a Running", "new d Pending", "gone c Running");
                        assertThat(next()).isEqualTo("changed d Running");
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        assertThat(watches.get(1)).contains("resourceVersion=50");
    }

    @Test
    @DisplayName("410 as the answer itself, and 500: the same, after a pause")
    void refusedWatch() throws Exception {
        with(
                List.of(list(5, pod("a", 3, "Pending")), list(60, pod("a", 3, "Pending"))),
                (number, exchange) -> {
                    if (number == 1) {
                        exchange.refuse(500, "InternalError", "later");
                    } else if (number == 2) {
                        exchange.refuse(410, "Gone", "too old resource version");
                    } else {
                        try (OutputStream out = exchange.stream()) {
                            event(out, "MODIFIED", pod("a", 61, "Running"));
                            holdOpen();
                        }
                    }
                },
                () -> {
                    try {
                        assertThat(List.of(next(), next())).containsExactly("new a Pending", "changed a Running");
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
        assertThat(watches.get(2)).contains("resourceVersion=60");
    }
}
