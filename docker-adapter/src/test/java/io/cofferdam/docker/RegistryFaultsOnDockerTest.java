package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.error.RegistryException.Kind;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageEvent;
import io.cofferdam.resource.LayerProgress;
import io.cofferdam.resource.LayerProgress.Phase;
import io.cofferdam.resource.PullSpec;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A real engine that pulls from a registry which refuses, fails, breaks off or does well. */
@OnDocker
@Timeout(120)
class RegistryFaultsOnDockerTest {

    private final String run = "f" + UUID.randomUUID().toString().substring(0, 8);
    private FakeRegistry registry;
    private Orchestrator engine;
    private String image;

    @BeforeEach
    void open() throws IOException {
        registry = new FakeRegistry(run);
        image = registry.address() + "/" + run + "/web:1";
        engine = new DockerProvider().open(EngineConfig.defaults());
    }

    @AfterEach
    void nothingIsLeft() {
        try (Orchestrator closing = engine) {
            for (String tag : List.of(":1", ":multi")) {
                closing.images().remove(registry.address() + "/" + run + "/web" + tag);
            }
            assertThat(closing.images().find(image)).isEmpty();
        } finally {
            registry.close();
        }
    }

    private void assertRefused(Kind kind) {
        assertThatThrownBy(() -> engine.images().pull(image))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(kind))
                .hasMessageStartingWith("could not pull image '" + image + "' (docker): the registry");
        assertThat(engine.images().find(image)).isEmpty();
    }

    private long manifestRequests() {
        return registry.requests.stream()
                .filter(request -> request.contains("/manifests/"))
                .count();
    }

    @Test
    @DisplayName("401 and 403: refused, and not asked again")
    void refused() {
        registry.refusing(401, "{\"errors\":[{\"code\":\"UNAUTHORIZED\",\"message\":\"authentication required\"}]}");
        assertRefused(Kind.UNAUTHORIZED);
        registry.refusing(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"requested access is denied\"}]}");
        // The engine tells a refused pull as Docker Hub means it: the image may as well not exist.
        assertThatThrownBy(() -> engine.images().pull(image))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("or does not give it to us")
                .hasMessageContaining("denied");
    }

    @Test
    @DisplayName("404: the image does not exist")
    void absent() {
        assertThatThrownBy(() -> engine.images().pull(registry.address() + "/" + run + "/web:none"))
                .isInstanceOf(ImageNotFoundException.class);
    }

    @Test
    @DisplayName(
            "429: told with the time to wait where the registry's message has it, which is waited for if it is short")
    void tooMany() {
        registry.refusing(
                429,
                "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"retry-after: 300s\"}]}",
                "Retry-After",
                "300");
        assertThatThrownBy(() -> engine.images().pull(image)).isInstanceOfSatisfying(RegistryException.class, fault -> {
            assertThat(fault.kind()).isEqualTo(Kind.RATE_LIMITED);
            assertThat(fault.retryAfter()).contains(Duration.ofSeconds(300));
        });
        AtomicInteger refusals = new AtomicInteger();
        FakeRegistry busy = registry;
        busy.refusing(429, "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"retry-after: 20ms\"}]}");
        FakeRegistry.Spoiler refusing = busy.spoiler();
        busy.spoiledBy(exchange -> exchange.getRequestURI().getPath().contains("/manifests/")
                && refusals.incrementAndGet() <= 2
                && refusing.answer(exchange));
        assertThat(engine.images().pull(image).tags()).contains(image);
    }

    @Test
    @DisplayName("500: asked again a few times, then told")
    void failing() {
        registry.refusing(500, "{\"errors\":[{\"code\":\"UNKNOWN\",\"message\":\"internal server error\"}]}");
        assertRefused(Kind.SERVER_ERROR);
        assertThat(manifestRequests()).isGreaterThanOrEqualTo(3);
    }

    @Test
    @DisplayName("cut off in the middle of a layer once: the layer comes in a second attempt, which is told")
    void cutOnce() {
        AtomicInteger cuts = new AtomicInteger();
        registry.spoiledBy(exchange -> {
            if (registry.isLayer(exchange) && cuts.incrementAndGet() == 1) {
                registry.cut(exchange);
            }
            return false;
        });
        List<LayerProgress> progress = new CopyOnWriteArrayList<>();

        Image pulled = engine.images().pull(PullSpec.of(image).onProgress(progress::add));

        assertThat(pulled.tags()).contains(image);
        assertThat(cuts.get()).isGreaterThanOrEqualTo(2);
        assertThat(progress).extracting(LayerProgress::phase).contains(Phase.DONE);
    }

    @Test
    @DisplayName("cut off in the middle of a layer again and again: ends at the deadline, with nothing on the engine")
    void cutAlways() {
        registry.spoiledBy(exchange -> {
            if (registry.isLayer(exchange)) {
                registry.cut(exchange);
            }
            return false;
        });
        try (Orchestrator hasty = new DockerProvider()
                .open(EngineConfig.builder().pullTimeout(Duration.ofSeconds(3)).build())) {
            List<LayerProgress> progress = new CopyOnWriteArrayList<>();
            long start = System.nanoTime();

            assertThatThrownBy(() -> hasty.images().pull(PullSpec.of(image).onProgress(progress::add)))
                    .isInstanceOfAny(OperationTimeoutException.class, RegistryException.class);

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
            assertThat(hasty.images().find(image)).isEmpty();
        }
    }

    @Test
    @DisplayName("a layer that is not what its digest says is damaged, and no image comes of it")
    void damaged() {
        registry.spoiledBy(exchange -> {
            if (!registry.isLayer(exchange)) {
                return false;
            }
            exchange.sendResponseHeaders(200, 5);
            exchange.getResponseBody().write(new byte[5]);
            return true;
        });

        assertRefused(Kind.INCOMPLETE);
    }

    @Test
    @DisplayName(
            "pull: tells how far each layer is, to its caller and on the event bus; a consumer that throws harms nothing")
    void progress() {
        List<ImageEvent> events = new CopyOnWriteArrayList<>();
        CountDownLatch pulled = new CountDownLatch(1);
        engine.events().subscribe(ImageEvent.class, event -> {
            events.add(event);
            if (event instanceof ImageEvent.Pulled) {
                pulled.countDown();
            }
        });
        List<LayerProgress> progress = new CopyOnWriteArrayList<>();

        Image got = engine.images().pull(PullSpec.of(image).onProgress(step -> {
            progress.add(step);
            throw new IllegalStateException("not interested");
        }));

        assertThat(progress).extracting(LayerProgress::phase).contains(Phase.DOWNLOADED, Phase.DONE);
        assertThat(progress).extracting(LayerProgress::layer).containsOnly(registry.layer.substring(7, 19));
        assertThat(progress).allSatisfy(step -> assertThat(step.image()).isEqualTo(image));
        assertThat(await(pulled)).isTrue();
        assertThat(events)
                .filteredOn(ImageEvent.Pulled.class::isInstance)
                .singleElement()
                .satisfies(event -> assertThat(((ImageEvent.Pulled) event).id()).isEqualTo(got.id()));
        assertThat(events).anyMatch(ImageEvent.LayerProgressed.class::isInstance);
        assertThat(got.digests())
                .singleElement()
                .asString()
                .startsWith(registry.address() + "/" + run + "/web@sha256:");
    }

    private static boolean await(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Test
    @DisplayName("pull: callers who want the same image at the same time share one request")
    void shared() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        registry.spoiledBy(exchange -> {
            if (registry.isLayer(exchange)) {
                await(release);
            }
            return false;
        });
        ExecutorService callers = Executors.newFixedThreadPool(5);
        try {
            List<Future<Image>> pulls = new ArrayList<>();
            CountDownLatch waiting = new CountDownLatch(1);
            pulls.add(callers.submit(
                    () -> engine.images().pull(PullSpec.of(image).onProgress(step -> waiting.countDown()))));
            assertThat(await(waiting)).isTrue();
            for (int i = 0; i < 4; i++) {
                pulls.add(callers.submit(() -> engine.images().pull(image)));
            }
            release.countDown();
            for (Future<Image> pull : pulls) {
                assertThat(pull.get(30, TimeUnit.SECONDS).tags()).contains(image);
            }
        } finally {
            release.countDown();
            callers.shutdownNow();
        }
        assertThat(registry.requests.stream().filter(request -> request.endsWith(registry.layer)))
                .hasSize(1);
    }

    @Test
    @DisplayName("platforms: a list of manifests is told, and the one asked for is pulled")
    void platforms() {
        String multi = registry.address() + "/" + run + "/web:multi";

        assertThat(engine.images().manifest(multi).platforms()).containsExactlyInAnyOrder("linux/amd64", "linux/arm64");
        assertThat(engine.images()
                        .pull(PullSpec.of(multi).withPlatform("linux/arm64"))
                        .architecture())
                .isEqualTo("arm64");
        assertThatThrownBy(() -> engine.images().pull(PullSpec.of(multi).withPlatform("linux/s390x")))
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("for this platform");
        assertThatThrownBy(() -> engine.images().pull(PullSpec.of(image).withPlatform("linux/arm64")))
                .isInstanceOf(ImageNotFoundException.class);
    }

    @Test
    @DisplayName("max age: an image the engine has had for longer is pulled again before an environment is made")
    void maxAge() throws Exception {
        Image first = engine.images().pull(image);
        assertThat(first.lastObtained().orElseThrow()).isAfter(Instant.now().minusSeconds(60));
        long asked = manifestRequests();
        EnvironmentSpec spec = EnvironmentSpec.image(image)
                .withCommand("/none")
                .imageMaxAge(Duration.ofHours(1))
                .build();

        create(spec);
        assertThat(manifestRequests()).isEqualTo(asked);
        Eventually.holds(
                () -> first.lastObtained().orElseThrow().isBefore(Instant.now().minusMillis(50)));
        create(spec.toBuilder().imageMaxAge(Duration.ofMillis(20)).build());
        assertThat(manifestRequests()).isGreaterThan(asked);
        assertThat(engine.images().find(image).orElseThrow().lastObtained().orElseThrow())
                .isAfter(first.lastObtained().orElseThrow());
        registry.refusing(500, "");
        assertThatThrownBy(() -> create(
                        spec.toBuilder().imageMaxAge(Duration.ofMillis(1)).build()))
                .isInstanceOf(RegistryException.class);
        create(spec.toBuilder().pullPolicy(PullPolicy.MISSING).build());
    }

    private void create(EnvironmentSpec spec) {
        IsolatedEnvironment environment = engine.environments().create(spec);
        environment.remove();
    }

    @Test
    @DisplayName(
            "names: substitution and default registry lead to the registry; the label keeps the name that was used")
    void substituted() {
        try (Orchestrator mirrored = new DockerProvider()
                .open(EngineConfig.builder()
                        .imageNames(name -> name.equals("shop/web:1") ? run + "/web:1" : name)
                        .defaultRegistry(registry.address())
                        .build())) {
            assertThat(mirrored.images().find("shop/web:1")).isEmpty();

            IsolatedEnvironment environment = mirrored.environments()
                    .create(EnvironmentSpec.image("shop/web:1")
                            .withCommand("/none")
                            .build());

            try (environment) {
                assertThat(environment.spec().image()).contains("shop/web:1");
                assertThat(environment.status().image()).isEqualTo(image);
                assertThat(mirrored.images().find("shop/web:1").orElseThrow().tags())
                        .contains(image);
            }
            assertThat(mirrored.images().remove("shop/web:1").untagged()).contains(image);
        }
    }
}
