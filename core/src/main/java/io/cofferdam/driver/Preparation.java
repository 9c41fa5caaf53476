package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.Build;
import io.cofferdam.application.Service;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.resource.Image;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes a release ready to be started on one engine: checks it, and fixes what might change later. A release that was prepared
 * before stays what it is, and keeps its revisions.
 */
final class Preparation {

    private static final int IMAGES_AT_ONCE = 4;
    private static final int DIGITS_OF_A_HASH = 32;

    private final EngineSession session;
    private final ImageSoftware software;
    private final ReleaseCheck check;

    Preparation(EngineSession session, DrivenImages images, DrivenNetworks networks, DrivenVolumes volumes) {
        this.session = session;
        this.software = new ImageSoftware(session, images);
        this.check = new ReleaseCheck(session, networks, volumes);
    }

    Prepared prepare(Application application, Consumer<String> progress, Deadline deadline) {
        List<Problem> problems = check.problems(application);
        if (!problems.isEmpty()) {
            throw new InvalidInputException(
                    "application '" + application.project() + "' on the " + session.engine() + " engine", problems);
        }
        return session.driver.capabilities().has(Capability.IMAGE_STORE)
                ? withImages(application, progress, deadline)
                : withFolders(application, progress, deadline);
    }

    /** Folders are copied to where nobody edits them. */
    private Prepared withFolders(Application application, Consumer<String> progress, Deadline deadline) {
        ApplicationBuilder builder = application.toBuilder();
        Optional<Path> artifacts = session.driver.artifacts();
        for (Service service : application.services()) {
            Optional<Path> folder =
                    service.template().template().or(() -> service.build().map(Build::context));
            if (folder.isPresent()
                    && artifacts.isPresent()
                    && !folder.get().startsWith(artifacts.get().toAbsolutePath())) {
                progress.accept("copying the files of " + service.name() + " from " + folder.get());
                FolderContent content = service.build().isPresent()
                        ? FolderContent.toBuildFrom(folder.get(), "", deadline)
                        : FolderContent.of(folder.get(), deadline);
                Path copy = content.copyBelow(artifacts.get().toAbsolutePath());
                builder.change(
                        service.name(),
                        changed -> changed.buildFrom(in(copy, service.build().orElse(null))));
            }
        }
        Application prepared = builder.build();
        Map<String, Revision> revisions = new LinkedHashMap<>();
        prepared.services()
                .forEach(service -> revisions.put(
                        service.name(), new Revision(service.name(), prepared.contentHash(service.name()))));
        return new Prepared(prepared, revisions);
    }

    private static Build in(Path copy, @Nullable Build build) {
        String digest = String.valueOf(copy.getFileName());
        return build == null
                ? Build.from(copy).withDigest(digest)
                : new Build(
                        copy,
                        build.dockerfile().orElse(null),
                        build.inlineDockerfile().orElse(null),
                        build.args(),
                        build.target().orElse(null),
                        build.labels(),
                        digest);
    }

    /** What a service is made from, and how that is got. */
    private record Wanted(String asked, String name, String key, Callable<Image> getting, Optional<Build> build) {}

    private Prepared withImages(Application application, Consumer<String> progress, Deadline deadline) {
        Map<String, Wanted> wanted = new LinkedHashMap<>();
        application
                .services()
                .forEach(service -> wanted.put(service.name(), wanted(application, service, progress, deadline)));
        Semaphore turns = new Semaphore(IMAGES_AT_ONCE);
        Map<String, FutureTask<Image>> found = new LinkedHashMap<>();
        wanted.values()
                .forEach(one -> found.computeIfAbsent(
                        one.key(),
                        key -> new FutureTask<>(() -> {
                            turns.acquire();
                            try {
                                return one.getting().call();
                            } finally {
                                turns.release();
                            }
                        })));
        ApplicationBuilder builder = application.toBuilder();
        Map<String, Image> got = new LinkedHashMap<>();
        try {
            found.forEach((key, task) -> session.threads.start("image " + key, task));
            wanted.forEach((service, one) -> {
                FutureTask<Image> task = Objects.requireNonNull(found.get(one.key()));
                Image image = result(task, deadline, "getting image '" + one.name() + "'");
                got.put(service, image);
                builder.change(service, changed -> {
                    one.build().ifPresent(changed::buildFrom);
                    new PinnedImage(one.asked(), one.name(), image.id()).set(changed);
                });
            });
        } finally {
            found.values().forEach(task -> task.cancel(true));
        }
        Application prepared = builder.build();
        Map<String, Revision> revisions = new LinkedHashMap<>();
        wanted.forEach((service, one) -> revisions.put(
                service,
                new Revision(
                        service,
                        hash(content(prepared, service, one.asked()), Objects.requireNonNull(got.get(service))))));
        return new Prepared(prepared, revisions);
    }

    private Wanted wanted(Application application, Service service, Consumer<String> progress, Deadline deadline) {
        Optional<PinnedImage> pinned = PinnedImage.of(service);
        if (pinned.isPresent()) {
            PinnedImage known = pinned.get();
            return new Wanted(
                    known.asked(),
                    known.name(),
                    known.id(),
                    () -> software.pinned(service, known, progress),
                    Optional.empty());
        }
        String asked = service.template().image().orElse(ImageSoftware.BUILT);
        if (service.build().isPresent()) {
            Build build = service.build().get();
            String digest = ImageSoftware.digest(build, deadline);
            String tag = ImageSoftware.tag(application.project(), service.name(), digest);
            return new Wanted(
                    asked,
                    tag,
                    tag,
                    () -> software.built(tag, digest, build, progress),
                    Optional.of(build.withDigest(digest)));
        }
        List<EnvironmentSpec> all = application.services().stream()
                .filter(other -> other.build().isEmpty())
                .map(Service::template)
                .filter(template -> template.image().filter(asked::equals).isPresent())
                .toList();
        return new Wanted(asked, asked, asked, () -> software.named(asked, all, progress), Optional.empty());
    }

    /** The hash of all but the image's content, so that preparing once more changes nothing. */
    private static String content(Application prepared, String service, String asked) {
        return prepared.toBuilder()
                .change(service, changed -> changed.image(asked))
                .build()
                .contentHash(service);
    }

    private static String hash(String content, Image image) {
        return InstanceNames.sha256(content + "\n" + image.id()).substring(0, DIGITS_OF_A_HASH);
    }

    private static <T> T result(FutureTask<T> task, Deadline deadline, String what) {
        try {
            return Bounded.await(task, deadline, what);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof CofferdamException failure) {
                throw failure;
            }
            throw new CofferdamException(what + " failed: " + failed.getCause(), failed.getCause());
        }
    }
}
