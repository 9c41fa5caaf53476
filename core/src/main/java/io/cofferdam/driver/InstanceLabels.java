package io.cofferdam.driver;

import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.Labels;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Revision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the labels of an instance say: whose it is and which. */
final class InstanceLabels {

    private static final List<String> OF_INSTANCES = List.of(
            Labels.PROJECT,
            Labels.SERVICE,
            Labels.REVISION,
            Labels.DEPLOYMENT,
            Labels.ORDINAL,
            Labels.COLOUR,
            Labels.ONE_OFF);

    private InstanceLabels() {}

    static Map<String, String> of(Blueprint blueprint, int ordinal, boolean isOneOff) {
        Map<String, String> labels = new HashMap<>();
        labels.put(Labels.PROJECT, blueprint.project());
        labels.put(Labels.SERVICE, blueprint.revision().service());
        labels.put(Labels.REVISION, blueprint.revision().hash());
        labels.put(Labels.DEPLOYMENT, blueprint.deployment());
        labels.put(Labels.ORDINAL, Integer.toString(ordinal));
        labels.put(Labels.COLOUR, blueprint.colour());
        if (isOneOff) {
            labels.put(Labels.ONE_OFF, "true");
        }
        return labels;
    }

    /** Those of an instance among the labels of something; empty if it is none. */
    static Map<String, String> kept(Map<String, String> labels) {
        if (!labels.containsKey(Labels.REVISION)) {
            return Map.of();
        }
        Map<String, String> kept = new HashMap<>();
        for (String label : OF_INSTANCES) {
            if (labels.containsKey(label)) {
                kept.put(label, labels.get(label));
            }
        }
        return kept;
    }

    /** Whether something is that instance, whichever deployment started it in whatever colour. */
    static boolean match(Map<String, String> labels, String project, Revision revision, int ordinal) {
        return project.equals(labels.get(Labels.PROJECT))
                && revision.service().equals(labels.get(Labels.SERVICE))
                && revision.hash().equals(labels.get(Labels.REVISION))
                && Integer.toString(ordinal).equals(labels.get(Labels.ORDINAL));
    }

    static boolean isOneOff(EnvironmentStatus status) {
        return status.labels().containsKey(Labels.ONE_OFF);
    }

    /** The instance whose environment that is; empty if its labels are none of an instance. */
    static Optional<InstanceStatus> instance(EnvironmentStatus status, Condition condition) {
        Map<String, String> labels = status.labels();
        String project = labels.get(Labels.PROJECT);
        String service = labels.get(Labels.SERVICE);
        String hash = labels.get(Labels.REVISION);
        int ordinal = number(labels.getOrDefault(Labels.ORDINAL, ""));
        if (project == null || service == null || hash == null || ordinal < 1) {
            return Optional.empty();
        }
        return Optional.of(new InstanceStatus(
                new Instance(new Revision(service, hash), ordinal, condition),
                project,
                labels.getOrDefault(Labels.DEPLOYMENT, ""),
                labels.getOrDefault(Labels.COLOUR, ""),
                status));
    }

    private static int number(String digits) {
        return digits.matches("[1-9]\\d{0,8}") ? Integer.parseInt(digits) : 0;
    }
}
