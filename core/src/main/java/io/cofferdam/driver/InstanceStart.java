package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.resource.Image;
import io.cofferdam.workload.Blueprint;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Starts instances, or takes over those that are there. */
final class InstanceStart {

    /** How long somebody else may take to complete what has the name already. */
    private static final Duration UNSETTLED = Duration.ofSeconds(3);

    private final EngineSession session;
    private final DrivenEnvironments environments;
    private final DrivenImages images;
    private final ProjectNetworks networks;
    private final ProjectVolumes volumes;
    private final ReadyTimes times;

    /** Nothing tells when another caller has completed or removed what it is about to make: that is asked for. */
    private final Retry untilSettled = Retry.builder()
            .maxAttempts(Integer.MAX_VALUE)
            .delay(Duration.ofMillis(10), Duration.ofMillis(200))
            .retryOn(Unsettled.class::isInstance)
            .build();

    /** Somebody else is about to make or to remove what has the name. */
    private static final class Unsettled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final CofferdamException reason;

        Unsettled(CofferdamException reason) {
            super(reason.getMessage(), reason, false, false);
            this.reason = reason;
        }
    }

    InstanceStart(
            EngineSession session,
            DrivenEnvironments environments,
            DrivenImages images,
            ProjectNetworks networks,
            ProjectVolumes volumes,
            ReadyTimes times) {
        this.session = session;
        this.environments = environments;
        this.images = images;
        this.networks = networks;
        this.volumes = volumes;
        this.times = times;
    }

    /** Starts an instance, unless it runs, and gives back how it is. */
    EnvironmentStatus start(Blueprint blueprint, int ordinal, boolean isOneOff, Deadline deadline) {
        String name = InstanceNames.instance(blueprint.project(), blueprint.revision(), ordinal);
        EnvironmentSpec spec = specification(blueprint, name, isOneOff);
        Map<String, String> marks = InstanceLabels.of(blueprint, ordinal, isOneOff);
        Deadline settled = deadline.earlier(Deadline.in(UNSETTLED));
        return untilSettled.call(deadline, "starting '" + name + "'", () -> {
            try {
                return attempt(blueprint, ordinal, spec, marks, deadline);
            } catch (Unsettled unsettled) {
                if (settled.isExpired()) {
                    throw unsettled.reason;
                }
                throw unsettled;
            }
        });
    }

    private EnvironmentStatus attempt(
            Blueprint blueprint, int ordinal, EnvironmentSpec spec, Map<String, String> marks, Deadline deadline) {
        Application application = blueprint.application();
        if (networks.areSeveral()) {
            networks.ensure(application, blueprint.service(), blueprint.colour());
        }
        volumes.ensure(application, blueprint.service());
        DrivenEnvironment environment;
        int restarts = 0;
        try {
            environment = environments.create(spec, marks, null, deadline);
        } catch (NameTakenException taken) {
            EnvironmentStatus there = present(blueprint, ordinal, spec, taken);
            if (there.state().isAlive() || there.state() == EnvironmentState.RESTARTING) {
                return there;
            }
            environment = environments.handle(there);
            boolean isKeptByEngine = session.driver.capabilities().has(Capability.RESTART_POLICY);
            restarts = isKeptByEngine ? 0 : there.restarts();
        } catch (NotFoundException missing) {
            throw unsettled(missing);
        }
        try {
            times.starting(environment.id(), restarts);
            if (InstanceFiles.areNeeded(blueprint.service())) {
                environment.place(InstanceFiles.of(application, blueprint.service(), user(spec)), deadline);
            }
            environment.launch(deadline);
        } catch (CofferdamException failed) {
            times.forget(environment.id());
            DrivenEnvironment failedOne = environment;
            Cleanup.after(failed, failedOne::removeUnit);
            if (failed instanceof NotFoundException missing) {
                // Its network was removed in between, or it was.
                throw unsettled(missing);
            }
            throw failed;
        }
        return environment.status();
    }

    /** What has the name: this instance, which somebody made before, or else there is nothing to be done. */
    private EnvironmentStatus present(
            Blueprint blueprint, int ordinal, EnvironmentSpec spec, NameTakenException taken) {
        String name = spec.name().orElseThrow();
        EnvironmentStatus there = environments.look(name).orElseThrow(() -> new Unsettled(taken));
        if (!InstanceLabels.match(there.labels(), blueprint.project(), blueprint.revision(), ordinal)) {
            throw new NameTakenException(
                    "could not start instance " + ordinal + " of " + blueprint.revision() + " of project '"
                            + blueprint.project() + "' (" + session.engine() + "): there is an environment '" + name
                            + "' that is something else; remove it",
                    taken);
        }
        return there;
    }

    private Unsettled unsettled(NotFoundException missing) {
        networks.forget();
        volumes.forget();
        return new Unsettled(missing);
    }

    private EnvironmentSpec specification(Blueprint blueprint, String name, boolean isOneOff) {
        Application application = blueprint.application();
        Service service = blueprint.service();
        EnvironmentSpec template = service.template();
        EnvironmentSpec.Builder spec = template.toBuilder()
                .name(name)
                .lifetime(Lifetime.persistent())
                .withMounts(ProjectVolumes.mounts(application, service));
        if (blueprint.isRouted()) {
            spec.withPorts(template.ports().stream()
                    .map(port -> new PortMapping(port.port(), port.protocol(), null, PortMapping.LOOPBACK))
                    .toList());
        }
        if (isOneOff && template.restart().condition() == RestartPolicy.Condition.ALWAYS) {
            // What is started again whenever it ends comes to no end.
            spec.restart(RestartPolicy.never());
        }
        if (networks.areSeveral()) {
            ProjectNetworks.memberships(application, service, blueprint.colour())
                    .forEach((network, names) -> spec.network(network, names.toArray(String[]::new)));
        } else {
            spec.stack(application.project())
                    .alias(ProjectNetworks.aliases(service).toArray(String[]::new));
        }
        boolean hasOwnRoot = session.driver.capabilities().has(Capability.FILE_SYSTEM_ISOLATION);
        if (hasOwnRoot && InstanceFiles.areNeeded(service) && !template.env().containsKey(InstanceFiles.VARIABLE)) {
            spec.env(InstanceFiles.VARIABLE, "");
        }
        return software(service, spec).build();
    }

    /** The image by its readable name, as long as that stands for what was prepared. */
    private EnvironmentSpec.Builder software(Service service, EnvironmentSpec.Builder spec) {
        Optional<PinnedImage> pinned = PinnedImage.of(service);
        if (pinned.isPresent()) {
            boolean isStillSo = images.find(pinned.get().name())
                    .map(Image::id)
                    .filter(pinned.get().id()::equals)
                    .isPresent();
            spec.withImage(isStillSo ? pinned.get().name() : pinned.get().id());
        }
        return spec;
    }

    /** Whom it runs as: the specification says, or its image. */
    private String user(EnvironmentSpec spec) {
        return spec.user()
                .orElseGet(() -> spec.image()
                        .filter(image -> session.driver.capabilities().has(Capability.IMAGE_STORE))
                        .flatMap(images::find)
                        .map(image -> image.defaults().user())
                        .orElse(""));
    }
}
