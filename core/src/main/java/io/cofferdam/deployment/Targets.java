package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.workload.Prepared;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells strategies what they have to know of a release. */
final class Targets {

    /** Nothing at all: what is planned for when everything is to go. */
    static final Release NOTHING = new Release("nothing", List.of());

    private Targets() {}

    static Release of(Prepared prepared, boolean hasRouter, boolean isRollback) {
        Application application = prepared.application();
        List<ServiceTarget> targets = new ArrayList<>();
        for (Service service : application.services()) {
            ServiceKind kind = kind(application, service);
            targets.add(new ServiceTarget(
                    prepared.revision(service.name()),
                    kind == ServiceKind.ONE_OFF ? 1 : service.replicas(),
                    before(application, service),
                    kind,
                    hasRouter && kind != ServiceKind.ONE_OFF && isPublished(service),
                    rolling(service, isRollback)));
        }
        return new Release(application.version(), targets);
    }

    /** Whether callers outside of the application reach it. */
    static boolean isPublished(Service service) {
        return !published(service).isEmpty();
    }

    /** The ports a router can stand before. */
    static List<PortMapping> published(Service service) {
        return service.template().ports().stream()
                .filter(port -> port.protocol() == Protocol.TCP)
                .toList();
    }

    private static Set<String> before(Application application, Service service) {
        Set<String> before = new LinkedHashSet<>(service.dependsOn());
        before.removeIf(name -> application.service(name).isEmpty());
        return before;
    }

    private static ServiceKind kind(Application application, Service service) {
        if (service.isOneOff(application)) {
            return ServiceKind.ONE_OFF;
        }
        boolean hasVolume = service.template().mounts().stream()
                .anyMatch(mount -> mount instanceof Mount.Volume volume
                        && application.volumes().containsKey(volume.volume()));
        return hasVolume ? ServiceKind.STATEFUL : ServiceKind.STATELESS;
    }

    /** How instances of a service are replaced, as it says itself; forwards where it says nothing of the way back. */
    static Optional<UpdateSettings> update(Service service, boolean isRollback) {
        return isRollback ? service.rollback().or(service::update) : service.update();
    }

    private static @Nullable RollingSettings rolling(Service service, boolean isRollback) {
        UpdateSettings update = update(service, isRollback).orElse(null);
        if (update == null) {
            return null;
        }
        int desired = service.replicas();
        return new RollingSettings(Amount.of(update.maxSurge(desired)), Amount.of(update.maxUnavailable(desired)));
    }
}
