package io.cofferdam.tck;

import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What the cases of workloads share: a project of the case's own. */
abstract class WorkloadCases extends Cases {

    static final Duration AT_ONCE = Duration.ZERO;

    final Workloads workloads() {
        return engine().workloads();
    }

    final String project() {
        return name("shop");
    }

    /** An application whose networks and volumes are cleared away after the case. */
    final ApplicationBuilder application() {
        return application(project());
    }

    final ApplicationBuilder application(String project) {
        Map<String, String> labels = Map.of(LABEL, label(), Suite.LABEL, suite().prefix());
        return Application.named(project)
                .network(new NetworkDefinition(NetworkDefinition.DEFAULT, null, false, false, null, labels))
                .volume(new VolumeDefinition("data", null, false, labels));
    }

    final ServiceBuilder service(String name, EnvironmentSpec.Builder template) {
        return io.cofferdam.application.Service.named(name)
                .template(marked(template).startTimeout(patience()).build());
    }

    final ServiceBuilder script(String name, String script) {
        return service(name, programs().shell(script).stopGrace(Duration.ofSeconds(2)));
    }

    final Prepared prepare(Application application) {
        return prepare(engine(), application);
    }

    final Prepared prepare(Orchestrator orchestrator, Application application) {
        return orchestrator.workloads().prepare(application, progress -> {}, patience());
    }

    /** A release with one service. */
    final Blueprint blueprint(ServiceBuilder service) {
        return blueprint(application().service(service).build(), service.build().name());
    }

    final Blueprint blueprint(Application application, String service) {
        Prepared prepared = prepare(application);
        return new Blueprint(prepared.application(), prepared.revision(service), "d1", "", false);
    }

    final InstanceStatus start(Blueprint blueprint) {
        return workloads().start(blueprint, 1, patience());
    }

    final InstanceStatus startAndAwait(Blueprint blueprint) {
        start(blueprint);
        return workloads().awaitAvailable(blueprint, 1, AT_ONCE, patience());
    }

    final IsolatedEnvironment environment(InstanceStatus instance) {
        return environments().get(instance.name());
    }

    final List<EnvironmentStatus> left() {
        return environments().statuses(mine());
    }
}
