package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StorageException;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.Networks;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The networks of one state directory. A network is a folder {@code networks/<prefix><name>} with its labels, the hosts
 * file of its members and, where it is isolated, the process that keeps its namespace. Every unit joins when it is made
 * and leaves when it is removed, also those outside networks, for each has an address.
 *
 * <p>During an update two units have the same names in a network. The hosts file then lists both, the older one first:
 * the name means the one that serves until it leaves, and the new one from that moment on.
 *
 * <p>Members of some colours have a hosts file of their own, with those of the same colours and those of none. Colours separate
 * names only: who is in the network can reach every address of it.
 *
 * <p>All methods are safe for use by many threads of many JVMs, answer an interrupt with
 * {@link OperationInterruptedException} and take no longer than the configured call timeout. A JVM that is killed at any
 * point leaves nothing that the next call on the same directory does not put right.
 */
final class ProcessNetworks implements Networks, AutoCloseable {

    private final EngineConfig config;
    private final Path folder;
    private final StateLock lock;
    private final MemberTable table;
    private final LoopbackAddresses addresses;
    private final Namespaces namespaces;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * The networks of a state directory. Nothing is probed or started yet.
     *
     * @param config prefix, call timeout and the option {@code process.namespaces}
     * @param stateDirectory an existing directory that only its owner can read
     */
    ProcessNetworks(EngineConfig config, Path stateDirectory) {
        this.config = config;
        try {
            Path state = stateDirectory.toRealPath();
            folder = Files.createDirectories(state.resolve("networks"));
            addresses = new LoopbackAddresses(state);
        } catch (IOException failure) {
            throw new StorageException(
                    "could not make the folder of networks in " + stateDirectory + ": " + failure, failure);
        }
        lock = new StateLock(folder);
        table = new MemberTable(folder.resolve(".members"));
        namespaces = new Namespaces(config);
    }

    /**
     * What networks cannot do here.
     *
     * @return the capabilities that are missing, each with the reason; for the driver to add to its own
     * @throws io.cofferdam.error.EngineUnavailableException if {@code process.namespaces} is {@code required} and the kernel
     *     does not let us
     */
    Map<Capability, String> missing() {
        Map<Capability, String> missing = new EnumMap<>(namespaces.missing());
        missing.put(Capability.UDP_PORTS, "only TCP is forwarded to fixed host ports and out of isolated stacks");
        missing.put(Capability.SEVERAL_NETWORKS, "a process has one network for as long as it lives");
        missing.put(Capability.SUBNETS, "processes have loopback addresses");
        if (!addresses.own()) {
            missing.merge(
                    Capability.NAME_RESOLUTION,
                    "this system has no loopback addresses besides 127.0.0.1, so all environments share that one",
                    (reason, more) -> reason + ", and " + more);
        }
        return missing;
    }

    @Override
    public Network ensure(String name, Map<String, String> labels) {
        NetworkFolder network = network(name);
        return locked("making network '" + name + "'", () -> {
            if (!network.exists()) {
                if (network.isOccupied()) {
                    throw new NameTakenException("could not make network '" + name + "': " + network.path()
                            + " exists and is no network of this library; remove it or choose another name");
                }
                network.create(namespaces.isAvailable(), labels);
            }
            return network.read(name).orElseThrow(() -> gone(name));
        });
    }

    @Override
    public Optional<Network> find(String name) {
        NetworkFolder network = network(name);
        return reading("finding network '" + name + "'", () -> network.read(name));
    }

    @Override
    public List<Network> list(LabelSelector selector) {
        return reading("listing networks", () -> {
            List<Network> networks = new ArrayList<>();
            try (Stream<Path> folders = Files.list(folder)) {
                for (Path path : folders.sorted().toList()) {
                    NetworkFolder network = new NetworkFolder(path);
                    if (!network.name().startsWith(config.networkPrefix())) {
                        continue;
                    }
                    network.read(network.name().substring(config.networkPrefix().length()))
                            .filter(found -> selector.matches(found.labels()))
                            .ifPresent(networks::add);
                }
            }
            return networks;
        });
    }

    /** Makes a network that must not exist yet. */
    Network create(String name, Map<String, String> labels) {
        NetworkFolder network = network(name);
        return locked("making network '" + name + "'", () -> {
            if (network.isOccupied()) {
                throw new NameTakenException(
                        "could not make network '" + name + "' (process): there is one of that name (" + network.path()
                                + "); remove it or choose another name");
            }
            network.create(namespaces.isAvailable(), labels);
            return network.read(name).orElseThrow(() -> gone(name));
        });
    }

    @Override
    public List<Network.Member> members(String name) {
        NetworkFolder network = network(name);
        return reading("reading the members of network '" + name + "'", () -> {
            if (!network.exists()) {
                throw gone(name);
            }
            return living(table.read()).stream()
                    .filter(member -> member.isIn(network.name()))
                    .map(member -> new Network.Member(
                            member.names().isEmpty()
                                    ? member.environment()
                                    : member.names().get(0),
                            String.valueOf(member.directory().getFileName()),
                            member.address(),
                            member.names()))
                    .sorted(Comparator.comparing(Network.Member::environment))
                    .toList();
        });
    }

    @Override
    public boolean remove(String name) {
        NetworkFolder network = network(name);
        return locked("removing network '" + name + "'", () -> {
            if (!network.exists()) {
                return true;
            }
            List<MemberTable.Member> members = living(table.read());
            if (members.stream().anyMatch(member -> member.isIn(network.name()))) {
                return false;
            }
            save(members);
            network.holder().ifPresent(holder -> namespaces.release(holder, deadline()));
            network.delete();
            return true;
        });
    }

    /**
     * Gives a unit its address and, if it is to join a network, makes it known to the other members. Doing it again for
     * the same directory gives what the first call gave.
     *
     * @param membership the network, which {@link #ensure} has to have made, and the names others use
     * @param colours with which other members it shares names; none for all of them
     * @param environment the unit's name on the engine
     * @param environmentDirectory the unit's directory, which exists already and keeps its path: a member whose directory
     *     is gone counts as removed
     * @return the member
     * @throws NotFoundException if there is no such network
     */
    NetworkMember join(
            Optional<CreateRequest.Membership> membership,
            Set<String> colours,
            String environment,
            Path environmentDirectory) {
        Path directory = absolute(environmentDirectory);
        Optional<NetworkFolder> network = membership.map(joined -> network(joined.network()));
        String full = network.map(NetworkFolder::name).orElse("");
        List<String> names = membership.map(CreateRequest.Membership::names).orElse(List.of());
        return locked("giving '" + environment + "' an address", () -> {
            if (network.isPresent() && !network.get().exists()) {
                throw gone(membership.orElseThrow().network());
            }
            List<MemberTable.Member> members = new ArrayList<>(living(table.read()));
            Optional<MemberTable.Member> joined = members.stream()
                    .filter(member -> member.directory().equals(directory))
                    .findFirst();
            if (joined.isPresent() && joined.get().isIn(full)) {
                tell(full, members);
                return handle(joined.get());
            }
            joined.ifPresent(members::remove);
            MemberTable.Member member = new MemberTable.Member(
                    address(full, environment, members),
                    full,
                    environment,
                    directory,
                    names,
                    new TreeSet<>(full.isEmpty() ? Set.of() : colours));
            members.add(member);
            save(members);
            return handle(member);
        });
    }

    /** Gives a unit its address in the same way, sharing names with all members. */
    NetworkMember join(Optional<CreateRequest.Membership> membership, String environment, Path environmentDirectory) {
        return join(membership, Set.of(), environment, environmentDirectory);
    }

    /** Whether members can be told apart by colour: where all share one address, names lead nowhere anyway. */
    boolean hasColours() {
        return addresses.own();
    }

    /**
     * Changes which members of its network a unit that has colours knows by name, and which know it.
     *
     * @param environment the unit's name on the engine
     * @param environmentDirectory the directory given to {@link #join}
     * @param colours one at least
     * @throws NotFoundException if it is no member
     */
    void recolour(String environment, Path environmentDirectory, Set<String> colours) {
        Path directory = absolute(environmentDirectory);
        locked("changing whom '" + environment + "' knows by name", () -> {
            List<MemberTable.Member> members = new ArrayList<>(living(table.read()));
            for (int i = 0; i < members.size(); i++) {
                if (members.get(i).directory().equals(directory)) {
                    members.set(i, members.get(i).in(colours));
                    save(members);
                    return true;
                }
            }
            throw new NotFoundException("'" + environment + "' is in no network");
        });
    }

    /**
     * Gives a unit's address back and makes the other members forget it. Does nothing for a unit that is no member.
     *
     * @param environment the unit's name on the engine
     * @param environmentDirectory the directory given to {@link #join}; need not exist any more
     */
    void leave(String environment, Path environmentDirectory) {
        Path directory = absolute(environmentDirectory);
        locked("removing '" + environment + "' from its network", () -> {
            List<MemberTable.Member> members = new ArrayList<>(living(table.read()));
            members.removeIf(member -> member.directory().equals(directory));
            save(members);
            return true;
        });
    }

    /**
     * A unit that this or another JVM let join.
     *
     * @param environmentDirectory the directory given to {@link #join}
     * @return the member
     * @throws NotFoundException if it is none
     */
    NetworkMember member(Path environmentDirectory) {
        Path directory = absolute(environmentDirectory);
        return reading(
                "reading the address of " + directory,
                () -> handle(table.of(directory)
                        .orElseThrow(
                                () -> new NotFoundException("the environment in " + directory + " has no address"))));
    }

    /** The folder of all networks. */
    Path folder() {
        return folder;
    }

    /** The lock of all networks and ports of the state directory. */
    StateLock lock() {
        return lock;
    }

    Namespaces namespaces() {
        return namespaces;
    }

    Deadline deadline() {
        return Deadline.in(config.callTimeout());
    }

    Map<String, String> variables(MemberTable.Member of) {
        return reading("reading the members of network '" + of.network() + "'", () -> {
            Map<String, String> variables = new LinkedHashMap<>();
            variables.put("COFFERDAM_ADDRESS", of.address());
            variables.put(
                    "COFFERDAM_NAME",
                    of.names().isEmpty() ? of.environment() : of.names().get(0));
            if (!of.network().isEmpty()) {
                variables.put("COFFERDAM_HOSTS", hosts(of).toString());
                for (MemberTable.Member other : table.read()) {
                    if (other.isIn(of.network()) && of.knows(other)) {
                        other.names().forEach(name -> variables.putIfAbsent(variable(name), other.address()));
                    }
                }
            }
            return variables;
        });
    }

    Optional<Path> hostsFile(MemberTable.Member of) {
        return of.network().isEmpty() ? Optional.empty() : Optional.of(hosts(of));
    }

    Path hosts(MemberTable.Member of) {
        NetworkFolder network = new NetworkFolder(folder.resolve(of.network()));
        return of.colours().isEmpty() ? network.hosts() : network.hosts(of.directory());
    }

    /** The process that keeps the namespace of a member's network; made anew if it has ended. */
    Namespaces.Holder holder(MemberTable.Member of) {
        NetworkFolder network = new NetworkFolder(folder.resolve(of.network()));
        return locked("entering network '" + of.network() + "'", () -> {
            if (!network.exists()) {
                throw gone(of.network());
            }
            Optional<Namespaces.Holder> before = network.holder();
            if (before.isPresent() && before.get().isAlive()) {
                return before.get();
            }
            Namespaces.Holder holder = namespaces.hold(before, network.path(), deadline());
            network.holder(holder);
            return holder;
        });
    }

    /** Ends what is under way; networks, members and namespaces stay. */
    @Override
    public void close() {
        closed.set(true);
    }

    private NetworkMember handle(MemberTable.Member member) throws IOException {
        boolean isolated =
                !member.network().isEmpty() && new NetworkFolder(folder.resolve(member.network())).isIsolated();
        return new NetworkMember(this, member, isolated);
    }

    private String address(String network, String environment, List<MemberTable.Member> members) {
        if (!addresses.own()) {
            return LoopbackAddresses.SHARED;
        }
        Set<String> foreign = LoopbackAddresses.listeners();
        for (int attempt = 0; attempt < 10_000; attempt++) {
            String choice = addresses.choice(network, environment, attempt);
            boolean taken = foreign.contains(choice)
                    || members.stream().anyMatch(member -> member.address().equals(choice));
            if (!taken && LoopbackAddresses.bindable(choice)) {
                return choice;
            }
        }
        throw new EngineException(
                "could not give '" + environment + "' an address: none of 10000 tried in 127.64.0.0/10"
                        + " is free; remove environments that are not needed");
    }

    /** Members whose units still exist: a unit's folder goes last, and with it goes its claim. */
    private static List<MemberTable.Member> living(List<MemberTable.Member> members) {
        return members.stream()
                .filter(member -> Files.isDirectory(member.directory()))
                .toList();
    }

    /** Writes the table, and the hosts file of every network in which something changed. */
    private void save(List<MemberTable.Member> members) throws IOException {
        List<MemberTable.Member> before = table.read();
        table.write(members);
        Set<String> changed = Stream.concat(
                        before.stream().filter(member -> !members.contains(member)),
                        members.stream().filter(member -> !before.contains(member)))
                .map(MemberTable.Member::network)
                .collect(Collectors.toSet());
        for (String network : changed) {
            tell(network, members);
        }
        for (MemberTable.Member gone : before) {
            if (!gone.colours().isEmpty()
                    && members.stream().noneMatch(member -> member.directory().equals(gone.directory()))) {
                Files.deleteIfExists(hosts(gone));
            }
        }
    }

    private void tell(String network, List<MemberTable.Member> members) throws IOException {
        if (network.isEmpty()) {
            return;
        }
        NetworkFolder told = new NetworkFolder(folder.resolve(network));
        if (!told.exists()) {
            return;
        }
        List<MemberTable.Member> inside =
                members.stream().filter(member -> member.isIn(network)).toList();
        HostsFile.update(told.hosts(), lines(inside.stream()));
        for (MemberTable.Member member : inside) {
            if (!member.colours().isEmpty()) {
                Path own = told.hosts(member.directory());
                if (!Files.exists(own)) {
                    HostsFile.create(own);
                }
                HostsFile.update(own, lines(inside.stream().filter(member::knows)));
            }
        }
    }

    private static List<String> lines(Stream<MemberTable.Member> members) {
        return members.filter(member -> !member.names().isEmpty())
                .map(member -> member.address() + " " + String.join(" ", member.names()))
                .toList();
    }

    private static String variable(String name) {
        return "COFFERDAM_HOST_" + name.toUpperCase(Locale.ROOT).replace('-', '_');
    }

    private NetworkFolder network(String name) {
        return new NetworkFolder(folder.resolve(NetworkFolder.checked(config.networkPrefix() + name)));
    }

    private static NotFoundException gone(String network) {
        return new NotFoundException("there is no network '" + network + "'; make it before environments join it");
    }

    private static Path absolute(Path directory) {
        return directory.toAbsolutePath().normalize();
    }

    /** Something done with files. */
    private interface Work<T> {
        T run() throws IOException;
    }

    private <T> T locked(String what, Work<T> work) {
        requireOpen();
        try (StateLock.Held held = lock.acquire(what, deadline())) {
            Objects.requireNonNull(held, "held");
            return reading(what, work);
        }
    }

    private <T> T reading(String what, Work<T> work) {
        requireOpen();
        try {
            return work.run();
        } catch (ClosedByInterruptException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        } catch (IOException failure) {
            throw new StorageException(what + " failed in " + folder + ": " + failure, failure);
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new ClosedException("the process engine is closed; open it again");
        }
    }
}
