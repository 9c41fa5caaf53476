package io.cofferdam.driver;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.resource.BuildOutput;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageEvent;
import io.cofferdam.resource.ImageManifest;
import io.cofferdam.resource.ImagePrune;
import io.cofferdam.resource.ImageQuery;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.LayerProgress;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RemovedImages;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is the same for the images of every engine: names, shared pulls, events, and consumers that cannot disturb. */
final class DrivenImages implements Images {

    private final EngineSession session;
    private final ImageNames names;
    private final SharedPulls pulls;

    DrivenImages(EngineSession session) {
        this.session = session;
        this.names = new ImageNames(session.config);
        this.pulls = new SharedPulls(session);
    }

    @Override
    public Optional<Image> find(String reference) {
        return engine().find(names.resolve(reference));
    }

    @Override
    public Image pull(PullSpec spec) {
        session.ensureOpen();
        if (spec.platform().isPresent()) {
            require(Capability.IMAGE_PLATFORMS, "leave the platform out");
        }
        return pulls.pull(spec.withReference(names.resolve(spec.reference())));
    }

    @Override
    public ImageManifest manifest(String reference) {
        return engine().manifest(names.resolve(reference));
    }

    @Override
    public Image build(BuildSpec spec) {
        Images engine = engine();
        if (spec.platforms().size() > 1) {
            require(Capability.BUILDKIT, "build for one platform at a time");
        }
        if (!spec.platforms().isEmpty()) {
            require(Capability.IMAGE_PLATFORMS, "leave the platform out");
        }
        try (Relay<BuildOutput> relay = Relay.to(spec.output(), session.threads, "output of a build")) {
            Image image = engine.build(resolved(spec).onOutput(relay::accept).build());
            String name = spec.tags().isEmpty()
                    ? image.id()
                    : names.resolve(spec.tags().get(0));
            session.bus.publish(new ImageEvent.Built(now(), name, image.id()));
            relay.succeeded();
            return image;
        }
    }

    private BuildSpec.Builder resolved(BuildSpec spec) {
        BuildSpec.Builder builder = spec.toBuilder().clearTags();
        spec.tags().forEach(tag -> builder.tag(names.resolve(tag)));
        return builder;
    }

    @Override
    public Image tag(String reference, String name) {
        String resolved = names.resolve(name);
        Image image = engine().tag(names.resolve(reference), resolved);
        session.bus.publish(new ImageEvent.Tagged(now(), resolved, image.id()));
        return image;
    }

    @Override
    public PushedImage push(PushSpec spec) {
        Images engine = engine();
        PushSpec resolved = spec.withReference(names.resolve(spec.reference()));
        try (Relay<LayerProgress> relay =
                Relay.to(spec.progress(), session.threads, "progress of " + resolved.reference())) {
            PushedImage pushed = engine.push(resolved.onProgress(progress -> {
                session.bus.publish(new ImageEvent.LayerProgressed(now(), progress.image(), progress));
                relay.accept(progress);
            }));
            session.bus.publish(new ImageEvent.Pushed(now(), resolved.reference(), pushed.digest()));
            relay.succeeded();
            return pushed;
        }
    }

    @Override
    public List<Image> list(ImageQuery query) {
        return engine().list(query);
    }

    @Override
    public RemovedImages remove(String reference, boolean force) {
        String resolved = names.resolve(reference);
        RemovedImages removed = engine().remove(resolved, force);
        if (!removed.isEmpty()) {
            session.bus.publish(new ImageEvent.Removed(now(), resolved, removed));
        }
        return removed;
    }

    @Override
    public RemovedImages prune(ImagePrune prune) {
        RemovedImages removed = engine().prune(prune);
        if (!removed.isEmpty()) {
            session.bus.publish(new ImageEvent.Removed(now(), "unused images", removed));
        }
        return removed;
    }

    /** The specification with the name of its image as the engine is asked for it. */
    EnvironmentSpec resolved(EnvironmentSpec spec) {
        String image = spec.image().orElseThrow();
        String resolved = names.resolve(image);
        return resolved.equals(image)
                ? spec
                : spec.toBuilder().withImage(resolved).build();
    }

    /** Whether an image has to be fetched before anything is made from it; a missing one is found out by making it. */
    boolean mustPull(EnvironmentSpec resolved) {
        if (resolved.pullPolicy() == PullPolicy.ALWAYS) {
            return true;
        }
        Optional<Duration> maxAge = resolved.imageMaxAge();
        String image = resolved.image().orElseThrow();
        if (maxAge.isEmpty() || image.contains("@")) {
            return false;
        }
        Instant oldest = now().minus(maxAge.get());
        return engine().find(image)
                .map(found -> found.lastObtained().orElse(Instant.MIN).isBefore(oldest))
                .orElse(false);
    }

    /** Fetches an image whose name is resolved already. */
    void pullResolved(String image) {
        pulls.pull(PullSpec.of(image));
    }

    private Images engine() {
        session.ensureOpen();
        return session.driver.images();
    }

    private void require(Capability capability, String remedy) {
        session.driver.capabilities().require(capability, remedy);
    }

    private Instant now() {
        return session.clock.instant();
    }
}
