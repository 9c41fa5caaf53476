package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.watcher.Sweeper;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Removes from a namespace what one JVM left there, by the labels of records, networks, claims and leases. */
final class ClusterSweep implements Sweeper {

    private static final String SESSION_OVER = "the JVM of its session has ended";
    private static final Operation SWEEPING = Operation.of("sweep", "sweeping", "the namespace");

    private final Api api;
    private final Paths paths;
    private final EngineConfig config;
    private final Units units;
    private final PodVolumes volumes;
    private final String owner;

    ClusterSweep(Api api, Paths paths, EngineConfig config, Units units, PodVolumes volumes, String owner) {
        this.api = api;
        this.paths = paths;
        this.config = config;
        this.units = units;
        this.volumes = volumes;
        this.owner = owner;
    }

    private Deadline deadline() {
        return Deadline.in(config.callTimeout());
    }

    @Override
    public Set<String> owners() throws IOException {
        LabelSelector owned = LabelSelector.having(Labels.OWNER);
        Set<String> owners = new TreeSet<>();
        List<JsonNode> all = new ArrayList<>(list(paths.configMaps(), owned, UnitBody.ENVIRONMENT));
        all.addAll(list(paths.configMaps(), owned, ClusterNetworks.NETWORK));
        all.addAll(list(paths.claims(), owned, PodVolumes.VOLUME));
        all.addAll(leases(owned));
        all.forEach(object -> owners.add(Marks.read(object).getOrDefault(Labels.OWNER, "")));
        owners.remove("");
        return owners;
    }

    private List<JsonNode> leases(LabelSelector selector) {
        try {
            return list(paths.leases(), selector, OwnerLease.ROLE);
        } catch (IOException noRight) {
            return List.of();
        }
    }

    private List<JsonNode> list(String path, LabelSelector selector, String role) throws IOException {
        try {
            List<JsonNode> found = new ArrayList<>();
            for (JsonNode object : api.get(SWEEPING, Paths.selecting(path, Marks.selector(selector, role)), deadline())
                    .path("items")) {
                if (selector.matches(Marks.read(object))
                        && !object.path("metadata").has("deletionTimestamp")) {
                    found.add(object);
                }
            }
            return found;
        } catch (CofferdamException failure) {
            throw new IOException(failure.getMessage(), failure);
        }
    }

    @Override
    public Pass sweep(boolean ownerIsDead, boolean remove) throws IOException {
        Round round = new Round(ownerIsDead, remove);
        round.environments();
        round.children();
        if (ownerIsDead) {
            round.networks();
            round.volumes();
            round.leases();
        }
        if (round.failure != null) {
            throw round.failure;
        }
        return new Pass(round.found, round.next);
    }

    /** One pass. What cannot be removed does not keep the rest from being removed. */
    private final class Round {

        private final boolean ownerIsDead;
        private final boolean remove;
        private final Instant now = Instant.now();
        private final List<Found> found = new ArrayList<>();
        private final Set<String> going = new HashSet<>();
        private final Set<String> stacks = new HashSet<>();
        private @Nullable Instant next;
        private @Nullable IOException failure;

        Round(boolean ownerIsDead, boolean remove) {
            this.ownerIsDead = ownerIsDead;
            this.remove = remove;
        }

        private LabelSelector own() {
            return LabelSelector.of(Labels.OWNER, owner);
        }

        void environments() throws IOException {
            for (JsonNode record : list(paths.configMaps(), own(), UnitBody.ENVIRONMENT)) {
                Map<String, String> labels = Marks.read(record);
                String lifetime = labels.getOrDefault(Labels.LIFETIME, "");
                if (lifetime.equals("session") && ownerIsDead) {
                    environment(record, SESSION_OVER);
                } else if (lifetime.equals("ttl") && isOver(labels.getOrDefault(Labels.EXPIRES, ""))) {
                    environment(record, "its time is over");
                } else if (ownerIsDead && isLeftOfUpdate(record, labels)) {
                    environment(record, "the JVM that was updating the environment has ended");
                }
            }
        }

        /** Without one that has the name the next one who looks for it ends the update. */
        private boolean isLeftOfUpdate(JsonNode record, Map<String, String> labels) throws IOException {
            String environment = labels.getOrDefault(Labels.ENVIRONMENT, "");
            if (environment.isEmpty() || Marks.annotation(record, Marks.NAME).equals(environment)) {
                return false;
            }
            return named(environment).stream()
                    .anyMatch(other -> Marks.annotation(other, Marks.NAME).equals(environment));
        }

        private List<JsonNode> named(String environment) throws IOException {
            return list(paths.configMaps(), LabelSelector.of(Labels.ENVIRONMENT, environment), UnitBody.ENVIRONMENT);
        }

        private boolean isOver(String expires) {
            try {
                Instant end = Instant.parse(expires);
                if (end.isAfter(now)) {
                    next = next == null || end.isBefore(next) ? end : next;
                    return false;
                }
                return true;
            } catch (DateTimeException notOurs) {
                return false;
            }
        }

        /** Environments whose parent is not there; during an update the parent is there twice. */
        void children() throws IOException {
            for (JsonNode child : list(paths.configMaps(), LabelSelector.having(Labels.PARENT), UnitBody.ENVIRONMENT)) {
                Map<String, String> labels = Marks.read(child);
                String parent = labels.getOrDefault(Labels.PARENT, "");
                if (!parent.isEmpty()
                        && "child".equals(labels.get(Labels.LIFETIME))
                        && named(parent).stream().allMatch(there -> going.contains(Marks.name(there)))) {
                    environment(child, "its parent '" + parent + "' is gone");
                }
            }
        }

        private void environment(JsonNode record, String reason) {
            String id = Marks.name(record);
            if (going.add(id)) {
                String stack = Marks.read(record).getOrDefault(Labels.STACK, "");
                if (!stack.isEmpty()) {
                    stacks.add(stack);
                }
                remove(
                        new Found("environment", Marks.annotation(record, Marks.NAME), id, reason),
                        () -> units.remove(id, deadline()));
            }
        }

        /** Those of stacks go with their last member, whoever's that was; others if the session made them. */
        void networks() throws IOException {
            List<JsonNode> all = new ArrayList<>(list(paths.configMaps(), own(), ClusterNetworks.NETWORK));
            for (String stack : stacks) {
                all.addAll(list(paths.configMaps(), LabelSelector.of(Labels.STACK, stack), ClusterNetworks.NETWORK));
            }
            for (JsonNode network : all) {
                Map<String, String> labels = Marks.read(network);
                boolean ofSession = "session".equals(labels.get(Labels.LIFETIME));
                boolean ofStack = labels.containsKey(Labels.STACK);
                String name = Marks.annotation(network, Marks.NAME);
                if ((ofStack || ofSession) && isEmpty(name) && going.add(Marks.name(network))) {
                    remove(
                            new Found(
                                    "network",
                                    name,
                                    Marks.name(network),
                                    ofSession ? SESSION_OVER : "its last member has gone"),
                            () -> units.delete(SWEEPING, paths.configMap(Marks.name(network)), null, deadline()));
                }
            }
        }

        private boolean isEmpty(String network) throws IOException {
            for (JsonNode record : list(paths.configMaps(), LabelSelector.all(), UnitBody.ENVIRONMENT)) {
                if (StackNames.network(record).equals(network) && !going.contains(Marks.name(record))) {
                    return false;
                }
            }
            return true;
        }

        void volumes() throws IOException {
            for (JsonNode claim : list(paths.claims(), own().and(Labels.LIFETIME, "session"), PodVolumes.VOLUME)) {
                String name = Marks.annotation(claim, Marks.NAME);
                remove(new Found("volume", name, Marks.name(claim), SESSION_OVER), () -> volumes.remove(name));
            }
        }

        /** No leftovers in themselves: they are how it is known that the owner is dead, and go when nothing else is left. */
        void leases() {
            if (!remove || !found.isEmpty()) {
                return;
            }
            for (JsonNode lease : ClusterSweep.this.leases(own())) {
                units.delete(SWEEPING, paths.lease(Marks.name(lease)), null, deadline());
            }
        }

        private void remove(Found thing, Runnable removal) {
            found.add(thing);
            if (!remove) {
                return;
            }
            try {
                removal.run();
            } catch (CofferdamException failed) {
                failure = new IOException(failed.getMessage(), failed);
            }
        }
    }
}
