package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageManifest;
import io.cofferdam.resource.ImagePrune;
import io.cofferdam.resource.ImageQuery;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.LayerProgress;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RemovedImages;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;

/** Images in memory, whose pulls wait until the test lets them end. */
final class FakeImages implements Images {

    private final Clock clock;
    final Map<String, Image> images = new ConcurrentHashMap<>();
    final List<String> pulls = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch pulling = new CountDownLatch(1);
    final CompletableFuture<Boolean> aborted = new CompletableFuture<>();
    volatile CompletableFuture<Boolean> mayEnd = CompletableFuture.completedFuture(true);

    FakeImages(Clock clock) {
        this.clock = clock;
    }

    static Image image(String name, Instant obtained) {
        return new Image(
                "sha256:" + name,
                List.of(name),
                Instant.EPOCH,
                obtained,
                1,
                "amd64",
                "linux",
                Map.of(),
                new Image("", List.of(), Instant.EPOCH, 0, "", "", Map.of()).defaults());
    }

    @Override
    public Optional<Image> find(String reference) {
        return Optional.ofNullable(images.get(reference));
    }

    @Override
    public Image pull(PullSpec spec) {
        pulls.add(spec.reference());
        pulling.countDown();
        spec.progress().accept(new LayerProgress(spec.reference(), "l", LayerProgress.Phase.DONE, 0, 0));
        try {
            Bounded.await(mayEnd, Deadline.in(Duration.ofSeconds(20)), "the test");
        } catch (ExecutionException failed) {
            throw (CofferdamException) failed.getCause();
        } catch (CofferdamException interrupted) {
            aborted.complete(true);
            throw interrupted;
        }
        Image image = image(spec.reference(), clock.instant());
        images.put(spec.reference(), image);
        return image;
    }

    @Override
    public ImageManifest manifest(String reference) {
        throw new ImageNotFoundException("the fake has no registry");
    }

    @Override
    public Image build(BuildSpec spec) {
        throw new UnsupportedOperationException("the fake builds nothing");
    }

    @Override
    public Image tag(String reference, String name) {
        throw new UnsupportedOperationException("the fake tags nothing");
    }

    @Override
    public PushedImage push(PushSpec spec) {
        throw new UnsupportedOperationException("the fake has no registry");
    }

    @Override
    public List<Image> list(ImageQuery query) {
        return List.copyOf(images.values());
    }

    @Override
    public RemovedImages remove(String reference, boolean force) {
        images.remove(reference);
        return new RemovedImages(List.of(reference), List.of(), 0);
    }

    @Override
    public RemovedImages prune(ImagePrune prune) {
        return new RemovedImages(List.of(), List.of(), 0);
    }
}
