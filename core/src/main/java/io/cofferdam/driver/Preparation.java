package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.Service;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Makes a release ready to be started on one engine: checks it, and fixes what might change later. */
final class Preparation {

    private static final int PULLS_AT_ONCE = 4;

    private final EngineSession session;
    private final DrivenImages images;
    private final ReleaseCheck check;

    Preparation(EngineSession session, DrivenImages images, DrivenNetworks networks, DrivenVolumes volumes) {
        this.session = session;
        this.images = images;
        this.check = new ReleaseCheck(session, networks, volumes);
    }

    Prepared prepare(Application application, Consumer<String> progress, Deadline deadline) {
        List<Problem> problems = check.problems(application);
        if (!problems.isEmpty()) {
            throw new InvalidInputException(
                    "application '" + application.project() + "' on the " + session.engine() + " engine", problems);
        }
        return session.driver.capabilities().has(Capability.IMAGES)
                ? withImages(application, progress, deadline)
                : withoutImages(application);
    }

    private Prepared withoutImages(Application application) {
        Map<String, Revision> revisions = new LinkedHashMap<>();
        application
                .services()
                .forEach(service -> revisions.put(
                        service.name(), new Revision(service.name(), application.contentHash(service.name()))));
        return new Prepared(application, revisions);
    }

    private Prepared withImages(Application application, Consumer<String> progress, Deadline deadline) {
        Map<String, FutureTask<Image>> found = new LinkedHashMap<>();
        Map<String, List<EnvironmentSpec>> wanted = new LinkedHashMap<>();
        for (Service service : application.services()) {
            EnvironmentSpec spec = service.template();
            wanted.computeIfAbsent(reference(service), key -> new ArrayList<>()).add(spec);
        }
        Semaphore turns = new Semaphore(PULLS_AT_ONCE);
        wanted.forEach((reference, specs) -> found.put(reference, new FutureTask<>(() -> {
            turns.acquire();
            try {
                return image(reference, specs, progress);
            } finally {
                turns.release();
            }
        })));
        found.forEach((reference, task) -> session.threads.start("image " + reference, task));
        ApplicationBuilder prepared = application.toBuilder();
        Map<String, Revision> revisions = new LinkedHashMap<>();
        try {
            for (Service service : application.services()) {
                String reference = reference(service);
                FutureTask<Image> task = java.util.Objects.requireNonNull(found.get(reference));
                Image image = result(task, deadline, "fetching image '" + reference + "'");
                String name = PinnedImage.of(service).map(PinnedImage::name).orElse(reference);
                prepared.change(service.name(), new PinnedImage(name, image.id())::set);
                String content = contentHash(application, service, name);
                revisions.put(service.name(), new Revision(service.name(), hash(content, image.id())));
            }
        } finally {
            found.values().forEach(task -> task.cancel(true));
        }
        return new Prepared(prepared.build(), revisions);
    }

    /** What the image of a service is asked for by: its name, or its identifier if the service was prepared before. */
    private static String reference(Service service) {
        return service.template().image().orElseThrow();
    }

    private Image image(String reference, List<EnvironmentSpec> specs, Consumer<String> progress) {
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

    /** The hash as it was before the service was prepared, so that preparing again changes nothing. */
    private static String contentHash(Application application, Service service, String image) {
        if (PinnedImage.of(service).isEmpty()) {
            return application.contentHash(service.name());
        }
        return application.toBuilder()
                .change(service.name(), before -> before.image(image))
                .build()
                .contentHash(service.name());
    }

    private static String hash(String content, String image) {
        return InstanceNames.sha256(content + "\n" + image).substring(0, 32);
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
