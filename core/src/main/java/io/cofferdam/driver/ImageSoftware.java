package io.cofferdam.driver;

import io.cofferdam.application.Build;
import io.cofferdam.application.Service;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.PullSpec;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Gets the images that services are made from: those that are there, pulled ones, built ones. */
final class ImageSoftware {

    /** What stands for the name of the image of a service that names none, since it is built. */
    static final String BUILT = "built";

    private static final int DIGITS_OF_A_TAG = 12;

    private final EngineSession session;
    private final DrivenImages images;

    ImageSoftware(EngineSession session, DrivenImages images) {
        this.session = session;
        this.images = images;
    }

    /**
     * The image of a name.
     *
     * @param specs all that want it, each with a pull policy of its own
     */
    Image named(String reference, List<EnvironmentSpec> specs, Consumer<String> progress) {
        boolean isFetched = specs.stream().anyMatch(spec -> images.mustPull(images.resolved(spec)));
        boolean mayBeFetched = specs.stream().anyMatch(spec -> spec.pullPolicy() != PullPolicy.NEVER);
        if (!isFetched) {
            Optional<Image> there = images.find(reference);
            if (there.isPresent()) {
                return there.get();
            }
        }
        if (!mayBeFetched) {
            throw new ImageNotFoundException("there is no image '" + reference + "' on the " + session.engine()
                    + " engine, and the pull policy says never; load it, or let it be pulled");
        }
        progress.accept("pulling image " + reference);
        return images.pull(PullSpec.of(reference));
    }

    /** The image that a release was prepared with before; its name may stand for something else by now. */
    Image pinned(Service service, PinnedImage pinned, Consumer<String> progress) {
        Optional<Image> there = images.find(pinned.id());
        if (there.isPresent()) {
            return there.get();
        }
        if (service.build().isEmpty()) {
            progress.accept("pulling image " + pinned.name() + " again");
            Image pulled = images.pull(PullSpec.of(pinned.name()));
            if (pulled.id().equals(pinned.id())) {
                return pulled;
            }
        }
        throw new ImageNotFoundException("the image " + pinned.id() + " that service '" + service.name()
                + "' was released with as '" + pinned.name() + "' is not on the " + session.engine()
                + " engine any more, and cannot be had by its name; release the service anew");
    }

    /** The name that the image of a service gets which is built from what its folder holds now. */
    static String tag(String project, String service, String digest) {
        return project + "-" + service + ":" + digest.substring(0, DIGITS_OF_A_TAG);
    }

    /** A digest of everything that makes the image what it is. */
    static String digest(Build build, Deadline deadline) {
        String content = FolderContent.toBuildFrom(
                        build.context(), build.dockerfile().orElse("Dockerfile"), deadline)
                .digest();
        return InstanceNames.sha256(String.join(
                "\n",
                content,
                build.dockerfile().orElse(""),
                InstanceNames.sha256(build.inlineDockerfile().orElse("")),
                build.target().orElse(""),
                new TreeMap<>(build.args()).toString(),
                new TreeMap<>(build.labels()).toString()));
    }

    /** The image that is built from a folder, unless that was done before. */
    Image built(String tag, String digest, Build build, Consumer<String> progress) {
        Optional<Image> there =
                images.find(tag).filter(image -> digest.equals(image.labels().get(Labels.BUILD)));
        if (there.isPresent()) {
            return there.get();
        }
        progress.accept("building image " + tag + " from " + build.context());
        BuildSpec.Builder spec = BuildSpec.context(build.context()).tag(tag);
        build.dockerfile().ifPresent(spec::dockerfilePath);
        build.inlineDockerfile().ifPresent(spec::dockerfileText);
        build.target().ifPresent(spec::target);
        build.args().forEach(spec::secretBuildArg);
        build.labels().forEach(spec::label);
        return images.build(spec.label(Labels.BUILD, digest).build());
    }
}
