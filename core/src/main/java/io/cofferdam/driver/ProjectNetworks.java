package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.Service;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The networks in which the services of a project reach each other by name. Where the engine has several for one environment
 * each network of the application is one on the engine for each colour; elsewhere all are the one of a stack, in which names are
 * kept apart by colour if the engine can.
 */
final class ProjectNetworks {

    private static final Logger LOG = LoggerFactory.getLogger(ProjectNetworks.class);

    private final EngineSession session;
    private final DrivenNetworks networks;
    private final boolean areSeveral;

    /** Names of networks that were seen to be there, so that only the first instance has to ask. */
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    ProjectNetworks(EngineSession session, DrivenNetworks networks) {
        this.session = session;
        this.networks = networks;
        this.areSeveral = session.driver.capabilities().has(Capability.SEVERAL_NETWORKS);
    }

    boolean areSeveral() {
        return areSeveral;
    }

    /** What an instance joins: names of networks on the engine, each with the names by which it is reached there. */
    static Map<String, List<String>> memberships(Application application, Service service, String colour) {
        Map<String, List<String>> memberships = new LinkedHashMap<>();
        joined(service).forEach((network, aliases) -> {
            List<String> names = new ArrayList<>(List.of(service.name()));
            aliases.stream().filter(alias -> !names.contains(alias)).forEach(names::add);
            memberships.put(engineName(application.project(), definition(application, network), colour), names);
        });
        return memberships;
    }

    /** All names by which an instance is reached, whatever the network. */
    static List<String> aliases(Service service) {
        List<String> names = new ArrayList<>(List.of(service.name()));
        joined(service)
                .values()
                .forEach(aliases ->
                        aliases.stream().filter(alias -> !names.contains(alias)).forEach(names::add));
        return names;
    }

    /** Makes sure of the networks that an instance joins. */
    void ensure(Application application, Service service, String colour) {
        for (String network : joined(service).keySet()) {
            NetworkDefinition definition = definition(application, network);
            String name = engineName(application.project(), definition, colour);
            if (!known.contains(name)) {
                ensure(application.project(), definition, name, colour);
                known.add(name);
            }
        }
    }

    /** What was seen may be gone. */
    void forget() {
        known.clear();
    }

    private void ensure(String project, NetworkDefinition definition, String name, String colour) {
        Optional<Network> there = networks.find(name);
        if (definition.external()) {
            if (there.isEmpty()) {
                throw new NotFoundException("there is no network '" + name + "' on the " + session.engine()
                        + " engine, which project '" + project + "' expects to exist; create it first, or let the"
                        + " application make it");
            }
            return;
        }
        Map<String, String> labels = new HashMap<>(definition.labels());
        labels.putAll(session.lifetimeLabels(Lifetime.persistent()));
        labels.put(Labels.PROJECT, project);
        labels.put(Labels.COLOUR, colour);
        Network network = there.isPresent() ? there.get() : make(definition, name, colour, Map.copyOf(labels));
        if (!project.equals(network.labels().get(Labels.PROJECT))) {
            throw new NameTakenException("could not make network '" + name + "' of project '" + project + "' ("
                    + session.engine() + "): there is one of that name that is not the project's; remove it, or name"
                    + " the project's network otherwise");
        }
    }

    private Network make(NetworkDefinition definition, String name, String colour, Map<String, String> labels) {
        // Two colours are there at the same time, and cannot have the same range.
        Optional<String> subnet = definition.subnet().filter(range -> colour.isEmpty());
        if (!definition.internal() && subnet.isEmpty()) {
            return networks.ensure(name, labels);
        }
        NetworkSpec spec = NetworkSpec.named(name).withLifetime(Lifetime.persistent());
        spec = subnet.isPresent() ? spec.withSubnet(subnet.get()) : spec;
        spec = definition.internal() ? spec.asInternal() : spec;
        try {
            return session.driver.createNetwork(spec, labels, session.callDeadline());
        } catch (NameTakenException another) {
            // Somebody else was faster; it is theirs or ours.
            return networks.find(name).orElseThrow(() -> another);
        }
    }

    /** Makes an instance a member of the networks of some colours and of those of no other. */
    void join(Application application, Service service, EnvironmentStatus instance, Set<String> colours) {
        if (!areSeveral) {
            session.driver.recolour(instance.id(), colours, session.callDeadline());
            return;
        }
        for (String colour : colours) {
            memberships(application, service, colour).forEach((network, names) -> {
                List<String> all = new ArrayList<>(List.of(instance.name()));
                all.addAll(names);
                session.driver.connect(
                        instance.id(), new CreateRequest.Membership(network, all), session.callDeadline());
            });
        }
        for (Network network : networks.list(LabelSelector.of(Labels.PROJECT, application.project()))) {
            String colour = network.labels().getOrDefault(Labels.COLOUR, "");
            if (!colours.contains(colour)
                    && memberships(application, service, colour).containsKey(network.name())) {
                session.driver.disconnect(instance.id(), network.name(), session.callDeadline());
            }
        }
    }

    /** Removes the networks of colours that are not in use; those with a member are kept. */
    void tidy(String project, Set<String> colours) {
        for (Network network : networks.list(LabelSelector.of(Labels.PROJECT, project))) {
            if (!colours.contains(network.labels().getOrDefault(Labels.COLOUR, ""))) {
                known.remove(network.name());
                if (!networks.remove(network.name())) {
                    LOG.info("network '{}' of project '{}' is kept: it has members", network.name(), project);
                }
            }
        }
    }

    private static Map<String, List<String>> joined(Service service) {
        return service.networks().isEmpty() ? Map.of(NetworkDefinition.DEFAULT, List.of()) : service.networks();
    }

    private static NetworkDefinition definition(Application application, String network) {
        return Optional.ofNullable(application.networks().get(network)).orElseGet(() -> NetworkDefinition.of(network));
    }

    private static String engineName(String project, NetworkDefinition definition, String colour) {
        if (definition.external()) {
            return definition.givenName().orElse(definition.name());
        }
        return InstanceNames.coloured(
                definition.givenName().orElseGet(() -> InstanceNames.part(project, definition.name())), colour);
    }
}
