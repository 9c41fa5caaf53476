package io.cofferdam.deployment;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.Environments;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.workload.InstanceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Starts, stops and restarts instances that are there, between deployments. */
final class InstanceOperations {

    private final Environments environments;
    private final EngineParts parts;
    private final ProjectController controller;
    private final String target;
    private final Deadline deadline;

    InstanceOperations(
            Environments environments,
            EngineParts parts,
            ProjectController controller,
            String target,
            Deadline deadline) {
        this.environments = environments;
        this.parts = parts;
        this.controller = controller;
        this.target = target;
        this.deadline = deadline;
    }

    void start() {
        for (List<InstanceStatus> service : chosen(false)) {
            service.forEach(one -> start(one.name()));
            controller.workshop().traffic().refresh();
        }
    }

    void stop() {
        for (List<InstanceStatus> service : chosen(true)) {
            for (InstanceStatus one : service) {
                controller.workshop().traffic().drain(one.name(), drain());
                stop(one.name());
                controller.workshop().traffic().undrain(one.name());
            }
        }
        controller.workshop().traffic().refresh();
    }

    void restart() {
        for (List<InstanceStatus> service : chosen(false)) {
            for (InstanceStatus one : service) {
                controller.workshop().traffic().drain(one.name(), drain());
                stop(one.name());
                start(one.name());
                controller.workshop().traffic().undrain(one.name());
                controller.workshop().traffic().refresh();
            }
        }
    }

    private void start(String name) {
        PatientWorkloads.patiently(
                "starting '" + name + "'", () -> environments.get(name).start(left()));
    }

    private void stop(String name) {
        PatientWorkloads.patiently(
                "stopping '" + name + "'", () -> environments.get(name).stop());
    }

    private Duration left() {
        deadline.check("the operation on '" + controller.project() + "/" + target + "'");
        return deadline.remaining();
    }

    private Duration drain() {
        Duration usual = DeployOptions.defaults().drain();
        return left().compareTo(usual) < 0 ? left() : usual;
    }

    /** The instances that are meant, by service in the order in which they depend on each other. */
    private List<List<InstanceStatus>> chosen(boolean isReversed) {
        List<InstanceStatus> all = controller.workshop().observation().now();
        Map<String, List<InstanceStatus>> byService = new TreeMap<>();
        all.stream()
                .filter(this::isMeant)
                .forEach(one -> byService
                        .computeIfAbsent(one.instance().service(), service -> new ArrayList<>())
                        .add(one));
        if (byService.isEmpty()) {
            throw new NotFoundException("project '" + controller.project() + "' has no instance"
                    + (target.isEmpty() ? "" : " '" + target + "'")
                    + "; it has "
                    + (all.isEmpty()
                            ? "none"
                            : all.stream().map(InstanceStatus::name).sorted().toList()));
        }
        List<List<InstanceStatus>> chosen = new ArrayList<>();
        for (String service : order()) {
            Optional.ofNullable(byService.remove(service)).ifPresent(chosen::add);
        }
        chosen.addAll(byService.values());
        if (isReversed) {
            Collections.reverse(chosen);
        }
        return chosen;
    }

    private boolean isMeant(InstanceStatus one) {
        String service = one.instance().service();
        return target.isEmpty()
                || target.equals(service)
                || target.equals(service + "/" + one.instance().ordinal())
                || target.equals(one.name());
    }

    private List<String> order() {
        return parts.store()
                .project(controller.project())
                .flatMap(ProjectState::stableId)
                .flatMap(parts.store()::find)
                .map(record -> parts.release(record.release()).application().inDependencyOrder().stream()
                        .map(service -> service.name())
                        .toList())
                .orElse(List.of());
    }
}
