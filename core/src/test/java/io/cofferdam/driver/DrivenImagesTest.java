package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.LayerProgress;
import io.cofferdam.resource.PullSpec;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is the same for the images of every engine. */
@Timeout(30)
class DrivenImagesTest {

    private final FakeEngine fake = new FakeEngine();
    private final FakeImages images = new FakeImages(fake.time);
    private final Orchestrator engine = fake.orchestrator;

    DrivenImagesTest() {
        fake.driver.images(images);
    }

    @AfterEach
    void close() {
        images.mayEnd.complete(true);
        fake.close();
    }

    /** A caller on a thread of its own. */
    private final class Caller {
        final CompletableFuture<Image> result = new CompletableFuture<>();
        final CompletableFuture<Boolean> told = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                result.complete(engine.images().pull(PullSpec.of("a:1").onProgress(progress -> told.complete(true))));
            } catch (RuntimeException failed) {
                result.completeExceptionally(failed);
            }
        });

        Caller() {
            thread.start();
        }

        Caller waiting() {
            while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
                Thread.onSpinWait();
            }
            return this;
        }
    }

    @Test
    @DisplayName("pull: goes on for those who still wait when the caller who began it is interrupted")
    void survivesFirstCaller() throws Exception {
        images.mayEnd = new CompletableFuture<>();
        Caller first = new Caller();
        images.pulling.await();
        Caller second = new Caller().waiting();
        first.waiting().thread.interrupt();
        assertThatThrownBy(() -> first.result.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OperationInterruptedException.class);

        images.mayEnd.complete(true);

        assertThat(second.result.get(10, TimeUnit.SECONDS).tags()).containsExactly("a:1");
        assertThat(images.pulls).containsExactly("a:1");
        assertThat(images.aborted).isNotDone();
    }

    @Test
    @DisplayName("pull: ends on the engine when nobody waits for it any more")
    void endsWithLastCaller() throws Exception {
        images.mayEnd = new CompletableFuture<>();
        Caller only = new Caller();
        images.pulling.await();
        only.waiting().thread.interrupt();

        assertThat(images.aborted.get(10, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(() -> only.result.get(10, TimeUnit.SECONDS))
                .hasCauseInstanceOf(OperationInterruptedException.class);
    }

    @Test
    @DisplayName("pull: all who wait get the failure; who comes later begins anew")
    void failureIsShared() throws Exception {
        images.mayEnd = new CompletableFuture<>();
        Caller first = new Caller();
        images.pulling.await();
        Caller second = new Caller().waiting();

        images.mayEnd.completeExceptionally(new RegistryException("the registry burns"));

        for (Caller caller : List.of(first, second)) {
            assertThatThrownBy(() -> caller.result.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(RegistryException.class)
                    .hasMessageContaining("the registry burns");
        }
        images.mayEnd = CompletableFuture.completedFuture(true);
        assertThat(engine.images().pull("a:1").tags()).containsExactly("a:1");
    }

    @Test
    @DisplayName(
            "pull: everything told arrives before it returns, on another thread; what a consumer throws harms nothing")
    void progress() {
        List<Thread> threads = new CopyOnWriteArrayList<>();
        List<LayerProgress> progress = new CopyOnWriteArrayList<>();

        engine.images().pull(PullSpec.of("a:1").onProgress(step -> {
            threads.add(Thread.currentThread());
            progress.add(step);
            throw new IllegalStateException("not interested");
        }));

        assertThat(progress).containsExactly(new LayerProgress("a:1", "l", LayerProgress.Phase.DONE, 0, 0));
        assertThat(threads).doesNotContain(Thread.currentThread());
    }

    @Test
    @DisplayName("pull: what an engine tells at once is not missed by the caller who began the pull")
    void firstProgressMissed() {
        for (int i = 0; i < 500; i++) {
            List<LayerProgress> progress = new CopyOnWriteArrayList<>();

            engine.images().pull(PullSpec.of("a:1").onProgress(progress::add));

            assertThat(progress).as("pull " + i).hasSize(1);
        }
    }

    @ParameterizedTest(name = "{0}, the engine has had it for {1} min: {2}")
    @CsvSource({
        "a:1, 61, pulled",
        "a:1, 59, kept",
        "a:1, -1, pulled",
        "a@sha256:00, 61, kept",
    })
    @DisplayName("max age: an image of unknown or greater age is pulled; one named by its digest never")
    void maxAge(String name, int minutes, String verdict) {
        images.images.put(
                name,
                FakeImages.image(name, minutes < 0 ? null : fake.time.instant().minus(Duration.ofMinutes(minutes))));
        EnvironmentSpec spec = EnvironmentSpec.image(name)
                .name("web")
                .imageMaxAge(Duration.ofHours(1))
                .build();

        engine.environments().create(spec);

        assertThat(images.pulls).hasSize(verdict.equals("pulled") ? 1 : 0);
        assertThat(engine.environments().get("web").spec().imageMaxAge()).contains(Duration.ofHours(1));
    }

    @Test
    @DisplayName("max age: not with a policy that leaves it nothing to decide")
    void maxAgeAndPolicy() {
        assertThatThrownBy(() -> EnvironmentSpec.image("a:1")
                        .pullPolicy(PullPolicy.NEVER)
                        .imageMaxAge(Duration.ZERO)
                        .build())
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        invalid -> assertThat(invalid.problems()).hasSize(2));
    }

    @ParameterizedTest
    @CsvSource({
        "redis, mirror:5000/redis",
        "shop/web:2, mirror:5000/shop/web:2",
        "special, r.example/other:1",
        "docker.io/redis, docker.io/redis",
        "localhost/a, localhost/a",
        "mirror:5000/a, mirror:5000/a",
        "0123456789ab, 0123456789ab",
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef,"
                + " sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    })
    @DisplayName("names: the substitution first, then the default registry; identifiers are left alone")
    void names(String given, String asked) {
        ImageNames names = new ImageNames(EngineConfig.builder()
                .defaultRegistry("mirror:5000")
                .imageNames(name -> name.equals("special") ? "r.example/other:1" : name)
                .build());

        assertThat(names.resolve(given)).isEqualTo(asked);
        assertThat(names.resolve(asked)).isEqualTo(asked);
    }

    @Test
    @DisplayName("names: a substitution that fails is told with the name, and a registry is no URL")
    void badConfiguration() {
        ImageNames names = new ImageNames(EngineConfig.builder()
                .imageNames(name -> {
                    throw new IllegalStateException("no mirror today");
                })
                .build());

        assertThatThrownBy(() -> names.resolve("redis"))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("redis")
                .hasMessageContaining("no mirror today");
        assertThatThrownBy(() -> EngineConfig.builder()
                        .defaultRegistry("https://registry.example/v2")
                        .build())
                .isInstanceOf(InvalidInputException.class);
    }
}
