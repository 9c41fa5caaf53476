package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.BuildFailedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.BuildOutput;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageEvent;
import io.cofferdam.resource.ImagePrune;
import io.cofferdam.resource.ImageQuery;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.RemovedImages;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images: built, named, listed, removed. Nothing here needs a registry, an outgoing connection or a base image. */
abstract class ImageCases extends Cases {

    @AfterEach
    final void removeImages() {
        if (has(Capability.IMAGE_STORE)) {
            images().list(ImageQuery.tagged().withLabels(mine()))
                    .forEach(image -> image.tags().forEach(tag -> images().remove(tag, true)));
            images().prune(ImagePrune.dangling().withLabels(mine()));
            assertThat(images().list(ImageQuery.tagged().withLabels(mine()))).isEmpty();
            assertThat(images().list(ImageQuery.dangling().withLabels(mine()))).isEmpty();
        }
    }

    private Images images() {
        return engine().images();
    }

    /** An image of one layer, from nothing. */
    private BuildSpec.Builder ours(String instructions) {
        return BuildSpec.dockerfile("FROM scratch\nLABEL " + LABEL + "=" + label() + "\n" + instructions)
                .file("hello.txt", "hello");
    }

    private String image(String tag) {
        return "cofferdam-tck/" + label() + ":" + tag;
    }

    /** Whether the case can go on; where it cannot, the call is refused. */
    private boolean can(ThrowingCallable call) {
        if (!has(Capability.IMAGE_STORE)) {
            assertRefused(missing(), call);
            return false;
        }
        return true;
    }

    /** What an engine without a store of images lacks: all of them, or only the store. */
    private Capability missing() {
        return has(Capability.IMAGES) ? Capability.IMAGE_STORE : Capability.IMAGES;
    }

    @Test
    @DisplayName("images: an engine without them refuses every call")
    void refusedEverywhere() {
        if (has(Capability.IMAGE_STORE)) {
            assertThat(images().list()).isNotNull();
            return;
        }
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> images().find("a:1"),
                () -> images().pull("a:1"),
                () -> images().manifest("a:1"),
                () -> images().build(BuildSpec.dockerfile("FROM scratch").build()),
                () -> images().tag("a:1", "b:1"),
                () -> images().push("a:1"),
                () -> images().list(),
                () -> images().remove("a:1"),
                () -> images().prune(ImagePrune.dangling()))) {
            assertRefused(missing(), call);
        }
    }

    @Test
    @DisplayName("build: gives the image with its names, labels and defaults; lines come in order, before it returns")
    void build() {
        List<BuildOutput> lines = new CopyOnWriteArrayList<>();
        BuildSpec spec = ours("COPY hello.txt /\nENV A=b\nCMD [\"/hello\"]")
                .label("made-by", "a case")
                .tag(image("1"))
                .onOutput(lines::add)
                .build();
        if (!can(() -> images().build(spec))) {
            return;
        }

        Image built = images().build(spec);

        assertThat(built.tags()).containsExactly(image("1"));
        assertThat(built.labels()).containsEntry(LABEL, label()).containsEntry("made-by", "a case");
        assertThat(built.defaults().command()).containsExactly("/hello");
        assertThat(built.defaults().env()).containsEntry("A", "b");
        assertThat(built.digests()).isEmpty();
        assertThat(images().find(image("1"))).contains(built);
        assertThat(images().find(built.id())).contains(built);
        assertThat(lines).extracting(BuildOutput::step).isSorted().contains(1);
    }

    @Test
    @DisplayName("build: the instruction that fails is in the error; no image comes of it")
    void failingBuild() {
        BuildSpec spec = ours("COPY none.txt /").tag(image("broken")).build();
        if (!can(() -> images().build(spec))) {
            return;
        }

        BuildFailedException failure = catchThrowableOfType(BuildFailedException.class, () -> images().build(spec));

        assertThat(failure.instruction()).isEqualTo("COPY none.txt /");
        assertThat(failure.step()).isEqualTo(3);
        assertThat(failure).hasMessageContaining(image("broken")).hasMessageContaining("COPY none.txt /");
        assertThat(images().find(image("broken"))).isEmpty();
    }

    @Test
    @DisplayName("build: what is no Dockerfile, and a context that is not there")
    void badBuild(@TempDir Path folder) {
        BuildSpec nonsense = BuildSpec.dockerfile("FROM scratch\nDANCE").build();
        if (!can(() -> images().build(nonsense))) {
            return;
        }

        assertThatThrownBy(() -> images().build(nonsense))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining("DANCE");
        assertThatThrownBy(() ->
                        images().build(BuildSpec.context(folder.resolve("none")).build()))
                .isInstanceOf(NotFoundException.class);
        assertThatThrownBy(() -> images().build(BuildSpec.context(folder).build()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("Dockerfile");
        assertThatThrownBy(() -> images().build(ours("").tag("NOT A NAME").build()))
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    @DisplayName("build: for several platforms at once, or refused for lack of BuildKit")
    void severalPlatforms() {
        BuildSpec spec =
                ours("").platform("linux/amd64").platform("linux/arm64").build();
        if (!can(() -> images().build(spec)) || has(Capability.BUILDKIT)) {
            return;
        }

        assertRefused(Capability.BUILDKIT, () -> images().build(spec));
    }

    @Test
    @DisplayName("tag: another name for the same content; unknown images and bad names are told")
    void tag() {
        if (!can(() -> images().tag(image("1"), image("2")))) {
            return;
        }
        Image built = images().build(ours("").tag(image("1")).build());

        Image tagged = images().tag(image("1"), image("2"));

        assertThat(tagged.id()).isEqualTo(built.id());
        assertThat(tagged.tags()).containsExactlyInAnyOrder(image("1"), image("2"));
        assertThatThrownBy(() -> images().tag(image("none"), image("3"))).isInstanceOf(ImageNotFoundException.class);
        assertThatThrownBy(() -> images().tag(image("1"), "NOT A NAME")).isInstanceOf(InvalidInputException.class);
    }

    @Test
    @DisplayName("list: by label and by pattern of names")
    void list() {
        if (!can(() -> images().list(ImageQuery.tagged()))) {
            return;
        }
        Image built = images().build(ours("").tag(image("1")).build());

        assertThat(images().list(ImageQuery.tagged().withLabels(mine()))).containsExactly(built);
        assertThat(images().list(ImageQuery.tagged().withReference("cofferdam-tck/" + label() + ":*")))
                .containsExactly(built);
        assertThat(images().list(ImageQuery.tagged().withLabels(LabelSelector.of(LABEL, label() + "-other"))))
                .isEmpty();
    }

    @Test
    @DisplayName("remove: the last name takes the content with it; what is not there is nothing to remove")
    void remove() {
        if (!can(() -> images().remove(image("1")))) {
            return;
        }
        images().build(ours("").tag(image("1")).tag(image("2")).build());

        assertThat(images().remove(image("1")).untagged()).containsExactly(image("1"));
        RemovedImages last = images().remove(image("2"));

        assertThat(last.untagged()).containsExactly(image("2"));
        assertThat(last.deleted()).isNotEmpty();
        assertThat(images().remove(image("2")).isEmpty()).isTrue();
        assertThat(images().find(image("2"))).isEmpty();
    }

    @Test
    @DisplayName("prune: removes unused images of a label and tells which")
    void prune() {
        if (!can(() -> images().prune(ImagePrune.unused().withLabels(mine())))) {
            return;
        }
        images().build(ours("COPY hello.txt /").tag(image("1")).build());

        assertThat(images().prune(ImagePrune.dangling().withLabels(mine())).untagged())
                .isEmpty();
        RemovedImages pruned = images().prune(ImagePrune.unused().withLabels(mine()));

        assertThat(pruned.untagged()).contains(image("1"));
        assertThat(pruned.deleted()).isNotEmpty();
        assertThat(images().find(image("1"))).isEmpty();
    }

    @Test
    @DisplayName("events: built, tagged and removed images are told")
    void events() {
        if (!can(() -> images().find(image("1")))) {
            return;
        }
        List<String> told = new CopyOnWriteArrayList<>();
        var subscription = engine().events()
                .subscribe(ImageEvent.class, event -> told.add(event.getClass().getSimpleName() + " " + event.image()));
        images().build(ours("").tag(image("1")).build());
        images().tag(image("1"), image("2"));
        images().remove(image("2"));

        eventually("the removal is told", () -> told.contains("Removed " + image("2")));
        subscription.close();
        assertThat(told).containsExactly("Built " + image("1"), "Tagged " + image("2"), "Removed " + image("2"));
    }

    @Test
    @DisplayName("pull and push: a registry that is not there is told as such, many at once, and nothing is left")
    void unreachable() {
        String nowhere = "127.0.0.1:9/cofferdam-tck/" + label() + ":1";
        if (!can(() -> images().pull(nowhere))) {
            return;
        }
        images().build(ours("").tag(nowhere).build());
        assertThatThrownBy(() -> images().push(nowhere))
                .isInstanceOf(CofferdamException.class)
                .hasMessageStartingWith("could not push image '" + nowhere + "'");
        images().remove(nowhere);
        List<Running<Boolean>> pulls = List.of(
                begin(() -> {
                    images().pull(nowhere);
                }),
                begin(() -> {
                    images().pull(PullSpec.of(nowhere).onProgress(progress -> {}));
                }));

        pulls.forEach(pull -> assertThatThrownBy(pull::result).isInstanceOf(RegistryException.class));
        assertThat(images().find(nowhere)).isEmpty();
    }

    @Test
    @DisplayName("names: what is none is refused before the engine sees it")
    void hostileNames() {
        if (!can(() -> images().find("a b"))) {
            return;
        }
        for (String hostile : List.of("a b", "", "../containers/x", "a?force=1", "a#b", "a%2f..", "a\nb")) {
            assertThatThrownBy(() -> images().find(hostile)).as(hostile).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> images().remove(hostile)).as(hostile).isInstanceOf(InvalidInputException.class);
            assertThatThrownBy(() -> images().pull(hostile)).as(hostile).isInstanceOf(InvalidInputException.class);
        }
    }
}
