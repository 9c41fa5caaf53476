package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteProtocol;
import io.cofferdam.traffic.RouteTarget;
import io.cofferdam.traffic.TrafficRouter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What every {@link TrafficRouter} holds to. Its author extends this class, which opens one router for all tests. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TrafficRouterContract {

    /** What not every router can do. Tests of it assert what is there instead. */
    protected enum Feature {
        /** A client's kept connection outlives a change of routes; without it the router closes it when nothing is under way. */
        CONNECTIONS_OUTLIVE_CHANGES
    }

    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<SpeakingTarget> targets = new ArrayList<>();
    private TrafficRouter router;
    private @Nullable String project;
    private @Nullable String other;

    /** For subclasses. */
    protected TrafficRouterContract() {}

    /**
     * Opens the router. Called once.
     *
     * @return the router, without routes
     * @throws Exception if it cannot be opened, which fails the tests
     */
    protected abstract TrafficRouter open() throws Exception;

    /**
     * What the router can do beyond what every router can.
     *
     * @return everything, unless overridden
     */
    protected Set<Feature> features() {
        return EnumSet.allOf(Feature.class);
    }

    /**
     * Ends what {@link #open} began, after the router was closed, and asserts that nothing is left.
     *
     * @throws Exception if something is left
     */
    protected void end() throws Exception {}

    @BeforeAll
    final void openRouter() throws Exception {
        router = open();
    }

    @AfterAll
    final void closeRouter() throws Exception {
        if (router != null) {
            router.close();
        }
        end();
    }

    @AfterEach
    final void removeRoutes() throws IOException {
        for (String name : new String[] {project(), other}) {
            if (name != null) {
                router.apply(name, List.of());
                assertThat(router.routes(name)).isEmpty();
            }
        }
        for (SpeakingTarget target : targets) {
            target.close();
        }
        targets.clear();
        project = null;
        other = null;
    }

    private String project() {
        if (project == null) {
            project = "p" + UUID.randomUUID().toString().substring(0, 8);
        }
        return project;
    }

    private SpeakingTarget target(String id) throws IOException {
        SpeakingTarget target = new SpeakingTarget(id);
        targets.add(target);
        return target;
    }

    private Route http(int port, RouteTarget... to) {
        return new Route("web:80", "127.0.0.1", port, RouteProtocol.HTTP, List.of(to));
    }

    private int applied(Route route) {
        return router.apply(project(), List.of(route)).get(0).port();
    }

    private static RouteTarget refusing(double share) throws IOException {
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new RouteTarget("refusing", "127.0.0.1", gone.getLocalPort(), share);
        }
    }

    @Test
    @DisplayName("a route is there when apply returns, with a port that was chosen, and gone with the last apply")
    void comesAndGoes() throws IOException {
        int port = applied(http(0, target("a").withShare(1)));

        assertThat(port).isPositive();
        assertThat(Caller.getOnce(port, "/").body()).isEqualTo("a");
        assertThat(router.routes(project()))
                .singleElement()
                .extracting(Route::port)
                .isEqualTo(port);

        router.apply(project(), List.of());

        assertThatThrownBy(() -> Caller.getOnce(port, "/")).isInstanceOf(ConnectException.class);
        assertThat(router.routes(project())).isEmpty();
    }

    @Test
    @DisplayName("a port that was chosen is kept while the route is there")
    void keepsTheChosenPort() throws IOException {
        int port = applied(http(0, target("a").withShare(1)));

        int again = applied(http(0, target("b").withShare(1)));

        assertThat(again).isEqualTo(port);
        assertThat(Caller.getOnce(port, "/").body()).isEqualTo("b");
    }

    @Test
    @DisplayName("a second route comes and goes while the first goes on")
    void routesOfOneProject() throws IOException {
        Route web = http(0, target("a").withShare(1));
        Route api = new Route(
                "api:80",
                "127.0.0.1",
                0,
                RouteProtocol.HTTP,
                List.of(target("b").withShare(1)));
        int first = applied(web);

        int second = router.apply(project(), List.of(web, api)).get(1).port();

        assertThat(Caller.getOnce(first, "/").body()).isEqualTo("a");
        assertThat(Caller.getOnce(second, "/").body()).isEqualTo("b");
        assertThat(applied(web)).isEqualTo(first);
        assertThatThrownBy(() -> Caller.getOnce(second, "/")).isInstanceOf(ConnectException.class);
    }

    @Test
    @DisplayName("shares of 1, 5, 9, 10, 25 and 50 percent are kept within a point over 10,000 requests")
    void keepsShares() throws IOException {
        int[] shares = {1, 5, 9, 10, 25, 50};
        List<RouteTarget> to = new ArrayList<>();
        for (int share : shares) {
            to.add(target("t" + share).withShare(share));
        }
        int port = applied(http(0, to.toArray(RouteTarget[]::new)));

        Map<String, Integer> counts = new HashMap<>();
        try (Caller caller = new Caller(port)) {
            for (int i = 0; i < 10_000; i++) {
                counts.merge(caller.get("/").body(), 1, Integer::sum);
            }
        }

        for (int share : shares) {
            assertThat(counts.getOrDefault("t" + share, 0) / 100.0)
                    .as("t" + share)
                    .isCloseTo(share, within(1.0));
        }
    }

    @Test
    @DisplayName("no request fails and each new one goes to the new targets while twenty changes happen under load")
    void losesNothingInChanges() throws Exception {
        SpeakingTarget[] two = {target("a"), target("b")};
        int port = applied(http(0, two[0].withShare(1), two[1].withShare(0)));
        boolean kept = features().contains(Feature.CONNECTIONS_OUTLIVE_CHANGES);
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger answered = new AtomicInteger();
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Void> caller = new CompletableFuture<>();
            callers.add(caller);
            SpeakingTarget.daemon(() -> {
                try {
                    load(port, over, answered, kept);
                    caller.complete(null);
                } catch (Throwable failed) {
                    caller.completeExceptionally(failed);
                }
            });
        }

        for (int change = 1; change <= 20; change++) {
            int now = change % 2;
            int before = answered.get();
            RouteTarget to = two[now].withShare(1);
            // Half of the changes remove the other target, half leave it without a share.
            applied(change % 4 < 2 ? http(port, to) : http(port, two[1 - now].withShare(0), to));
            assertThat(Caller.getOnce(port, "/").body()).isEqualTo(two[now].id);
            while (answered.get() < before + 20 && callers.stream().noneMatch(CompletableFuture::isDone)) {
                Thread.onSpinWait();
            }
        }
        over.set(true);

        for (CompletableFuture<Void> caller : callers) {
            caller.get(20, TimeUnit.SECONDS);
        }
        assertThat(answered.get()).isGreaterThan(400);
    }

    private static void load(int port, AtomicBoolean over, AtomicInteger answered, boolean kept) throws IOException {
        Caller caller = new Caller(port);
        try {
            boolean fresh = true;
            while (!over.get()) {
                try {
                    assertThat(caller.get("/").status()).isEqualTo(200);
                    answered.incrementAndGet();
                    fresh = false;
                } catch (IOException closed) {
                    // What every client does with a kept connection that is closed before any byte of an answer.
                    if (kept || fresh) {
                        throw closed;
                    }
                    caller.close();
                    caller = new Caller(port);
                    fresh = true;
                }
            }
        } finally {
            caller.close();
        }
    }

    @Test
    @DisplayName("a body of 5 MiB reaches the target while it is being sent")
    void streamsRequests() throws Exception {
        SpeakingTarget a = target("a");
        int port = applied(http(0, a.withShare(1)));
        try (Caller caller = new Caller(port)) {
            caller.send("POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: " + 2 * SpeakingTarget.HALF + "\r\n\r\n");
            caller.out.write(new byte[SpeakingTarget.HALF]);

            assertThat(a.begun.await(20, TimeUnit.SECONDS))
                    .as("half of the body arrived")
                    .isTrue();

            caller.out.write(new byte[SpeakingTarget.HALF]);
            assertThat(caller.reply("POST").body()).isEqualTo("a");
        }
    }

    @Test
    @DisplayName("an answer of 5 MiB reaches the client while it is being sent")
    void streamsAnswers() throws Exception {
        SpeakingTarget a = target("a");
        int port = applied(http(0, a.withShare(1)));
        try (Caller caller = new Caller(port)) {
            caller.send("GET /halves HTTP/1.1\r\nHost: x\r\n\r\n");
            SpeakingTarget.head(caller.in);
            assertThat(caller.in.readNBytes(SpeakingTarget.HALF)).hasSize(SpeakingTarget.HALF);

            a.goOn.countDown();

            assertThat(caller.in.readNBytes(SpeakingTarget.HALF)).hasSize(SpeakingTarget.HALF);
        }
    }

    @Test
    @DisplayName("an upgraded connection carries bytes both ways, over a change of shares, and counts as under way")
    void upgrades() throws IOException {
        SpeakingTarget a = target("a");
        SpeakingTarget b = target("b");
        int port = applied(http(0, a.withShare(1)));
        try (Caller caller = new Caller(port)) {
            caller.send(SpeakingTarget.UPGRADE);
            assertThat(SpeakingTarget.head(caller.in)).startsWith("HTTP/1.1 101");
            caller.send("ping");
            assertThat(caller.in.readNBytes(4)).asString().isEqualTo("ping");

            applied(http(port, a.withShare(0), b.withShare(1)));
            caller.send("pong");

            assertThat(caller.in.readNBytes(4)).asString().isEqualTo("pong");
            assertThat(router.awaitDrained(project(), "a", Duration.ZERO)).isFalse();
        }
        assertThat(router.awaitDrained(project(), "a", LONG)).isTrue();
    }

    @Test
    @DisplayName("a POST whose target closes the connection is not sent again")
    void neverRepeatsPosts() throws IOException {
        SpeakingTarget a = target("a");
        SpeakingTarget b = target("b");
        int port = applied(http(0, a.withShare(1), b.withShare(1)));

        try (Caller caller = new Caller(port)) {
            assertThat(caller.request("POST", "/drop", "", "once").status()).isBetween(500, 599);
        }

        assertThat(a.count("POST /drop") + b.count("POST /drop")).isEqualTo(1);
    }

    @Test
    @DisplayName("a DELETE, idempotent as it is, is not sent again")
    void neverRepeatsDeletes() throws IOException {
        SpeakingTarget a = target("a");
        SpeakingTarget b = target("b");
        int port = applied(http(0, a.withShare(1), b.withShare(1)));

        try (Caller caller = new Caller(port)) {
            assertThat(caller.request("DELETE", "/drop", "", "").status()).isBetween(500, 599);
        }

        assertThat(a.count("DELETE /drop") + b.count("DELETE /drop")).isEqualTo(1);
    }

    @Test
    @DisplayName("a GET whose target closes the connection before any byte is tried at another")
    void repeatsGets() throws IOException {
        SpeakingTarget a = target("a");
        SpeakingTarget b = target("b");
        int port = applied(http(0, a.withShare(1), b.withShare(1)));

        try (Caller caller = new Caller(port)) {
            caller.get("/drop");
        }

        assertThat(a.count("GET /drop")).isPositive();
        assertThat(b.count("GET /drop")).isPositive();
    }

    @Test
    @DisplayName("a target that refuses connections costs no request")
    void passesOverTheRefusing() throws IOException {
        int port = applied(http(0, refusing(1), target("a").withShare(1)));

        for (int i = 0; i < 10; i++) {
            assertThat(Caller.getOnce(port, "/").body()).isEqualTo("a");
            try (Caller caller = new Caller(port)) {
                assertThat(caller.request("POST", "/", "", "b" + i).body()).isEqualTo("b" + i);
            }
        }
    }

    @Test
    @DisplayName("without a target that has a share, requests are answered with 503 and connections closed")
    void withoutTargets() throws IOException {
        int port = applied(http(0, target("a").withShare(0)));
        assertThat(Caller.getOnce(port, "/").status()).isEqualTo(503);

        applied(http(port));
        assertThat(Caller.getOnce(port, "/").status()).isEqualTo(503);

        int tcp = applied(new Route("db", "127.0.0.1", 0, RouteProtocol.TCP, List.of()));
        try (Caller caller = new Caller(tcp)) {
            assertThat(caller.in.read()).isEqualTo(-1);
        } catch (java.net.SocketException reset) {
            assertThat(reset).hasMessageContaining("reset");
        }
    }

    @Test
    @DisplayName("a drain waits for the request that is under way, and for no longer")
    void drains() throws Exception {
        SpeakingTarget a = target("a");
        SpeakingTarget b = target("b");
        int port = applied(http(0, a.withShare(1)));
        try (Caller slow = new Caller(port)) {
            slow.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
            assertThat(a.begun.await(20, TimeUnit.SECONDS)).isTrue();
            applied(http(port, a.withShare(0), b.withShare(1)));
            assertThat(Caller.getOnce(port, "/").body()).isEqualTo("b");
            assertThat(router.awaitDrained(project(), "a", Duration.ZERO)).isFalse();
            CompletableFuture<Boolean> drained = CompletableFuture.supplyAsync(
                    () -> router.awaitDrained(project(), "a", LONG), SpeakingTarget::daemon);

            a.goOn.countDown();

            assertThat(slow.reply("GET").body()).isEqualTo("a");
            assertThat(drained.get(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(router.awaitDrained(project(), "unknown", Duration.ZERO)).isTrue();
    }

    @Test
    @DisplayName("a taken port is named, and the routes from before stay in force")
    void takenPort() throws IOException {
        SpeakingTarget a = target("a");
        int port = applied(http(0, a.withShare(1)));
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Route second = new Route(
                    "api:80",
                    "127.0.0.1",
                    taken.getLocalPort(),
                    RouteProtocol.HTTP,
                    List.of(target("b").withShare(1)));

            assertThatThrownBy(() -> router.apply(
                            project(), List.of(http(port, targets.get(1).withShare(1)), second)))
                    .isInstanceOfSatisfying(
                            PortTakenException.class,
                            failure -> assertThat(failure.port()).isEqualTo(taken.getLocalPort()))
                    .hasMessageContaining(project());
        }

        assertThat(Caller.getOnce(port, "/").body()).isEqualTo("a");
        assertThat(router.routes(project())).hasSize(1);
    }

    @Test
    @DisplayName("two projects do not touch each other")
    void projectsAreApart() throws IOException {
        int port = applied(http(0, target("a").withShare(1)));
        String neighbour = project() + "-other";
        other = neighbour;
        SpeakingTarget b = target("b");

        assertThatThrownBy(() -> router.apply(neighbour, List.of(http(port, b.withShare(1)))))
                .isInstanceOf(PortTakenException.class)
                .hasMessageContaining(project());
        try (Caller caller = new Caller(port)) {
            assertThat(caller.get("/").body()).isEqualTo("a");
            int second = router.apply(neighbour, List.of(http(0, b.withShare(1))))
                    .get(0)
                    .port();
            assertThat(Caller.getOnce(second, "/").body()).isEqualTo("b");
            router.apply(neighbour, List.of());
            assertThat(caller.get("/").body()).as("over the same connection").isEqualTo("a");
        }
    }

    @Test
    @DisplayName("routes that cannot be served are refused with every reason")
    void refusesTheImpossible() throws IOException {
        RouteTarget a = target("a").withShare(1);
        Route elsewhere = new Route("far", "192.0.2.1", 0, RouteProtocol.HTTP, List.of(a));

        assertThatThrownBy(() -> router.apply(project(), List.of(http(0, a), http(0, a), elsewhere)))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        failure -> assertThat(failure.problems()).hasSize(2));

        assertThat(router.routes(project())).isEmpty();
    }

    @Test
    @DisplayName("the end of one half of a TCP connection is handed on as that")
    void halfClose() throws Exception {
        try (ServerSocket echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            CountDownLatch begun = new CountDownLatch(1);
            SpeakingTarget.daemon(() -> {
                try (var client = echo.accept()) {
                    ByteArrayOutputStream all = new ByteArrayOutputStream();
                    all.write(client.getInputStream().readNBytes(4));
                    begun.countDown();
                    all.write(client.getInputStream().readAllBytes()); // returns at the end of that half only
                    client.getOutputStream().write(all.toByteArray());
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            int port = applied(new Route(
                    "echo",
                    "127.0.0.1",
                    0,
                    RouteProtocol.TCP,
                    List.of(new RouteTarget("echo", "127.0.0.1", echo.getLocalPort(), 1))));
            try (Caller caller = new Caller(port)) {
                caller.send("said");
                // Before that the router may not have accepted what the system already did.
                assertThat(begun.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
                assertThat(router.awaitDrained(project(), "echo", Duration.ZERO))
                        .isFalse();
                caller.socket.shutdownOutput();

                assertThat(caller.in.readAllBytes()).asString().isEqualTo("said");
            }
            assertThat(router.awaitDrained(project(), "echo", LONG)).isTrue();
        }
    }

    @Test
    @DisplayName("connections of a TCP route are shared out, and none goes to a target that refuses")
    void tcpShares() throws IOException {
        SpeakingTarget a = target("a");
        SpeakingTarget b = target("b");
        int port = applied(new Route(
                "raw", "127.0.0.1", 0, RouteProtocol.TCP, List.of(a.withShare(3), refusing(1), b.withShare(1))));

        for (int i = 0; i < 40; i++) {
            assertThat(Caller.getOnce(port, "/").status()).isEqualTo(200);
        }

        assertThat(b.count("GET /")).isBetween(5, 20);
        assertThat(a.count("GET /") + b.count("GET /")).isEqualTo(40);
    }

    @Test
    @DisplayName("targets see the client's host and where the request came from, and nothing meant for the router")
    void forwards() throws IOException {
        int port = applied(http(0, target("a").withShare(1)));
        try (Caller caller = new Caller(port)) {
            String head = caller.request(
                            "GET", "/head", "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nX-End: 2\r\n", "")
                    .body();

            assertThat(SpeakingTarget.field(head, "Host")).isEqualTo("shop.example");
            assertThat(SpeakingTarget.field(head, "X-Forwarded-For")).isEqualTo("127.0.0.1");
            assertThat(SpeakingTarget.field(head, "X-Forwarded-Proto")).isEqualTo("http");
            assertThat(SpeakingTarget.field(head, "X-Forwarded-Host")).isEqualTo("shop.example");
            assertThat(SpeakingTarget.field(head, "X-End")).isEqualTo("2");
        }
    }

    @Test
    @DisplayName(
            "chunked answers, answers to HEAD and asked-for permission to send a body come through on one connection")
    void formsOfHttp() throws IOException {
        int port = applied(http(0, target("a").withShare(1)));
        try (Caller caller = new Caller(port)) {
            assertThat(caller.get("/chunks").body()).isEqualTo("abcde");
            Caller.Reply head = caller.request("HEAD", "/length", "", "");
            assertThat(SpeakingTarget.field(head.head(), "Content-Length")).isEqualTo("1234");

            caller.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertThat(caller.reply("POST").status()).isEqualTo(100);
            caller.send("body");
            assertThat(caller.reply("POST").body()).isEqualTo("body");

            assertThat(caller.get("/").body()).isEqualTo("a");
        }
    }
}
