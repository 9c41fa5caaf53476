package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.BuildFailedException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.BuildOutput;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageDefaults;
import io.cofferdam.resource.ImagePrune;
import io.cofferdam.resource.ImageQuery;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.RemovedImages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Images built, tagged, listed and removed on a real engine. */
@OnDocker
@Timeout(120)
class ImagesOnDockerTest {

    private static final String LABEL = "cofferdam-images-test";

    private final String run = "i" + UUID.randomUUID().toString().substring(0, 8);

    @TempDir
    Path folder;

    private Orchestrator engine;

    @BeforeEach
    void open() {
        engine = new DockerProvider().open(EngineConfig.defaults());
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        engine.close();
        try (Orchestrator cleaner = new DockerProvider().open(EngineConfig.defaults())) {
            LabelSelector ours = LabelSelector.of(LABEL, run);
            cleaner.images()
                    .list(ImageQuery.tagged().withLabels(ours))
                    .forEach(image ->
                            image.tags().forEach(tag -> cleaner.images().remove(tag)));
            // The container of a build that was given up ends a moment later, and keeps its image until then.
            Eventually.holds(() -> {
                cleaner.images().prune(ImagePrune.dangling().withLabels(ours));
                return cleaner.images()
                        .list(ImageQuery.dangling().withLabels(ours))
                        .isEmpty();
            });
            assertThat(cleaner.images().list(ImageQuery.tagged().withLabels(ours)))
                    .isEmpty();
        }
    }

    private Images images() {
        return engine.images();
    }

    private String name(String tag) {
        return "cofferdam-images-test/" + run + ":" + tag;
    }

    /** Every layer carries the label, so that what a failed build leaves can be found. */
    private String from(String instructions) {
        return "FROM " + Docker.BUSYBOX + "\nLABEL " + LABEL + "=" + run + "\n" + instructions + "\n";
    }

    @Test
    @DisplayName("build: from a folder, with arguments, labels, a target, a name and lines as they are written")
    void folder() throws IOException {
        Files.createDirectories(folder.resolve("docker"));
        Files.writeString(
                folder.resolve("docker/Dockerfile.web"),
                "ARG BASE=none\nFROM ${BASE} AS first\nLABEL " + LABEL + "=" + run
                        + "\nARG WORD\nENV GREETING=$WORD\nCOPY . /app\nRUN echo building $WORD; cd /app; ls -A | xargs echo; echo $(readlink link) $(readlink out); cat kept.txt\nEXPOSE 80\n"
                        + "FROM first AS second\nRUN exit 9\n");
        Files.writeString(folder.resolve(".dockerignore"), "*.log\n");
        Files.writeString(folder.resolve("kept.txt"), "kept");
        Files.writeString(folder.resolve("left.log"), "left");
        Files.createSymbolicLink(folder.resolve("link"), Path.of("kept.txt"));
        Files.createSymbolicLink(folder.resolve("out"), Path.of("/etc/hostname"));
        List<BuildOutput> output = new CopyOnWriteArrayList<>();

        Image image = images().build(BuildSpec.context(folder)
                .dockerfilePath("docker/Dockerfile.web")
                .buildArg("BASE", Docker.BUSYBOX)
                .buildArg("WORD", "ahoy")
                .target("first")
                .network("none")
                .label("made-by", "a test")
                .tag(name("1"))
                .tag(name("one"))
                .onOutput(output::add)
                .build());

        assertThat(image.tags()).containsExactlyInAnyOrder(name("1"), name("one"));
        assertThat(image.labels()).containsEntry("made-by", "a test").containsEntry(LABEL, run);
        assertThat(image.defaults().env()).containsEntry("GREETING", "ahoy");
        assertThat(image.defaults().ports()).containsExactly("80/tcp");
        assertThat(images().find(name("one"))).contains(image);
        assertThat(output).extracting(BuildOutput::text).contains("building ahoy");
        assertThat(output)
                .filteredOn(line -> line.text().equals("building ahoy"))
                .allSatisfy(line -> {
                    assertThat(line.step()).isPositive();
                    assertThat(line.steps()).isGreaterThanOrEqualTo(line.step());
                });
        assertThat(output)
                .extracting(BuildOutput::text)
                .containsSubsequence(".dockerignore docker kept.txt link out", "kept.txt /etc/hostname", "kept");
    }

    @Test
    @DisplayName("build: from text and files in memory; the Dockerfile is no file of the image")
    void memory() {
        List<String> lines = new CopyOnWriteArrayList<>();
        Image image = images().build(BuildSpec.dockerfile(from(
                        "COPY . /app\nRUN ls -A /app; /app/run; stat -c %a /app/run /app/conf/a.txt\nENTRYPOINT [\"/app/run\"]\nCMD [\"x\"]\nUSER 7\nWORKDIR /app"
                                + "\nHEALTHCHECK CMD true\nSTOPSIGNAL SIGINT\nVOLUME /data"))
                .file("run", "#!/bin/sh\necho hi\n".getBytes(java.nio.charset.StandardCharsets.UTF_8), true)
                .file("conf/a.txt", "a")
                .network("none")
                .onOutput(line -> lines.add(line.text()))
                .tag(name("memory"))
                .build());

        ImageDefaults defaults = image.defaults();
        assertThat(defaults.entrypoint()).containsExactly("/app/run");
        assertThat(defaults.command()).containsExactly("x");
        assertThat(defaults.user()).isEqualTo("7");
        assertThat(defaults.workingDirectory()).isEqualTo("/app");
        assertThat(defaults.stopSignal()).isEqualTo("SIGINT");
        assertThat(defaults.volumes()).containsExactly("/data");
        assertThat(defaults.healthCheck()).containsExactly("CMD-SHELL", "true");
        assertThat(lines).containsSubsequence("conf", "run", "hi", "755", "644");
    }

    @Test
    @DisplayName("build: the error of a failing step has the instruction, the exit code and the last lines")
    void failingStep() {
        BuildFailedException failure = catchThrowableOfType(
                BuildFailedException.class,
                () -> images().build(BuildSpec.dockerfile(from("RUN echo fine\nRUN echo first; echo last >&2; exit 42"))
                        .network("none")
                        .tag(name("broken"))
                        .build()));

        assertThat(failure.step()).isEqualTo(4);
        assertThat(failure.instruction()).isEqualTo("RUN echo first; echo last >&2; exit 42");
        assertThat(failure.exitCode()).hasValue(42);
        assertThat(failure.lastLines()).containsExactlyInAnyOrder("first", "last");
        assertThat(failure)
                .hasMessageContaining("could not build image '" + name("broken") + "' (docker): step 4/4")
                .hasMessageContaining("exit code 42");
        assertThat(images().find(name("broken"))).isEmpty();
    }

    @Test
    @DisplayName("build: a broken Dockerfile, an unknown target, an unknown base, a link that leads out")
    void brokenInput() throws IOException {
        assertThatThrownBy(() -> images().build(
                                BuildSpec.dockerfile("FROM scratch\nNONSENSE x").build()))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining("unknown instruction: NONSENSE");
        assertThatThrownBy(() -> images().build(
                                BuildSpec.dockerfile(from("")).target("none").build()))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining("none");
        assertThatThrownBy(() -> images().build(
                                BuildSpec.dockerfile("FROM 127.0.0.1:9/none:1").build()))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(RegistryException.Kind.UNREACHABLE))
                .hasMessageContaining("step 1 'FROM 127.0.0.1:9/none:1'");
        assertThatThrownBy(() -> images().build(
                                BuildSpec.dockerfile(from("")).tag("UPPER CASE").build()))
                .isInstanceOf(InvalidInputException.class);
        assertThatThrownBy(() -> images().build(
                                BuildSpec.dockerfile(from("")).tag("UPPER:1").build()))
                .isInstanceOf(InvalidInputException.class);
        Files.writeString(folder.resolve("Dockerfile"), from("COPY passwd /passwd"));
        Files.createSymbolicLink(folder.resolve("passwd"), Path.of("/etc/passwd"));
        assertThatThrownBy(() -> images().build(BuildSpec.context(folder).build()))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining("COPY passwd");
    }

    @Test
    @DisplayName("build: what only BuildKit does is refused by naming it")
    void buildKit() {
        assertThatThrownBy(() -> images().build(BuildSpec.dockerfile(from("RUN --mount=type=cache,target=/c true"))
                        .build()))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("buildkit");
        assertThatThrownBy(() -> images().build(BuildSpec.dockerfile(from(""))
                        .platform("linux/amd64")
                        .platform("linux/arm64")
                        .build()))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("classic builder");
    }

    @Test
    @DisplayName("build: secret arguments reach the build, but no output, error or text form")
    void secrets() {
        List<String> lines = new CopyOnWriteArrayList<>();
        BuildSpec spec = BuildSpec.dockerfile(
                        from("ARG TOKEN\nRUN echo \"token is $TOKEN\"; test \"$TOKEN\" = s3cr3t-value && exit 5"))
                .network("none")
                .secretBuildArg("TOKEN", "s3cr3t-value")
                .onOutput(line -> lines.add(line.text()))
                .build();

        assertThatThrownBy(() -> images().build(spec))
                .isInstanceOfSatisfying(
                        BuildFailedException.class,
                        failure -> assertThat(failure.lastLines()).contains("token is ***"))
                .hasMessageContaining("exit code 5")
                .hasMessageNotContaining("s3cr3t-value");
        assertThat(lines).contains("token is ***").noneMatch(line -> line.contains("s3cr3t-value"));
        assertThat(spec.toString()).contains("TOKEN").doesNotContain("s3cr3t-value");
    }

    @Test
    @DisplayName("build: layers are used again unless told otherwise")
    void cache() {
        BuildSpec spec = BuildSpec.dockerfile(from("RUN date +%s%N > /made"))
                .network("none")
                .tag(name("cache"))
                .build();

        Image first = images().build(spec);

        assertThat(images().build(spec).id()).isEqualTo(first.id());
        Image again = images().build(spec.toBuilder().noCache().build());
        assertThat(again.id()).isNotEqualTo(first.id());
        Image cached = images().build(spec.toBuilder()
                .clearTags()
                .tag(name("from-cache"))
                .cacheFrom(name("cache"))
                .build());
        assertThat(cached.labels()).containsEntry(LABEL, run);
        assertThat(images().list(ImageQuery.dangling().withLabels(LabelSelector.of(LABEL, run))))
                .extracting(Image::id)
                .contains(first.id());
    }

    @Test
    @DisplayName("build: ends at its deadline and at an interrupt, and leaves neither image nor container")
    void deadlineAndInterrupt() throws Exception {
        BuildSpec endless = BuildSpec.dockerfile(from("RUN sleep 600"))
                .network("none")
                .tag(name("endless"))
                .build();
        try (Orchestrator hasty = new DockerProvider()
                .open(EngineConfig.builder().buildTimeout(Duration.ofSeconds(2)).build())) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> hasty.images().build(endless)).isInstanceOf(OperationTimeoutException.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(7));
        }
        CountDownLatch running = new CountDownLatch(1);
        List<Throwable> thrown = new CopyOnWriteArrayList<>();
        Thread builder = new Thread(() -> {
            try {
                images().build(endless.toBuilder()
                        .onOutput(line -> {
                            if (line.text().contains("sleep 600")) {
                                running.countDown();
                            }
                        })
                        .build());
            } catch (RuntimeException failure) {
                thrown.add(failure);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
        });
        builder.start();
        running.await();
        builder.interrupt();
        builder.join(10_000);

        assertThat(thrown).singleElement().isInstanceOf(OperationInterruptedException.class);
        assertThat(images().find(name("endless"))).isEmpty();
    }

    @Test
    @DisplayName("build: a consumer of lines that throws or hangs disturbs nothing")
    void badConsumer() {
        Image image = images().build(BuildSpec.dockerfile(from("RUN seq 1 100"))
                .network("none")
                .onOutput(line -> {
                    throw new IllegalStateException("not interested");
                })
                .tag(name("thrown-at"))
                .build());

        assertThat(image.tags()).contains(name("thrown-at"));
    }

    @Test
    @DisplayName("tag, list and remove: by name, pattern, label; forced where a stopped container uses it")
    void tagListRemove() {
        Image image =
                images().build(BuildSpec.dockerfile(from("")).tag(name("a")).build());
        Image tagged = images().tag(name("a"), name("b"));

        assertThat(tagged.id()).isEqualTo(image.id());
        assertThat(tagged.tags()).contains(name("a"), name("b"));
        assertThat(images().list(ImageQuery.tagged().withReference("cofferdam-images-test/" + run + ":*")))
                .containsExactly(tagged);
        assertThat(images().list(ImageQuery.tagged().withLabels(LabelSelector.of(LABEL, run))))
                .containsExactly(tagged);
        assertThat(images().list(ImageQuery.tagged().withReference("cofferdam-images-test/none")))
                .isEmpty();
        assertThatThrownBy(() -> images().tag(name("none"), name("c"))).isInstanceOf(ImageNotFoundException.class);
        assertThatThrownBy(() -> images().tag(name("a"), "UPPER:1")).isInstanceOf(InvalidInputException.class);

        RemovedImages removed = images().remove(name("b"));
        assertThat(removed.untagged()).containsExactly(name("b"));
        assertThat(removed.deleted()).isEmpty();
        assertThat(images().remove(name("b")).isEmpty()).isTrue();
        IsolatedEnvironment user =
                engine.environments().create(EnvironmentSpec.image(name("a")).build());
        try (user) {
            assertThatThrownBy(() -> images().remove(name("a"))).isInstanceOf(WrongStateException.class);
            assertThat(images().remove(name("a"), true).untagged()).containsExactly(name("a"));
        }
        assertThat(images().find(name("a"))).isEmpty();
    }

    @Test
    @DisplayName("prune: by label and age; what is in use or younger stays; tells what went and how many bytes")
    void prune() {
        LabelSelector ours = LabelSelector.of(LABEL, run);
        images().build(BuildSpec.dockerfile(from("RUN dd if=/dev/zero of=/zeros bs=1M count=3"))
                .network("none")
                .tag(name("old"))
                .build());

        assertThat(images().prune(ImagePrune.dangling().withLabels(ours)).untagged())
                .isEmpty();
        assertThat(images().prune(ImagePrune.unused().withLabels(ours).withOlderThan(Duration.ofHours(1)))
                        .isEmpty())
                .isTrue();
        RemovedImages pruned = images().prune(ImagePrune.unused().withLabels(ours));

        assertThat(pruned.untagged()).containsExactly(name("old"));
        assertThat(pruned.deleted()).isNotEmpty();
        assertThat(pruned.bytes()).isBetween(3_000_000L, 4_000_000L);
        assertThat(images().find(name("old"))).isEmpty();
    }
}
