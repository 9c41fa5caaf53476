package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a network is to be. Immutable.
 *
 * <pre>{@code
 * NetworkSpec backend = NetworkSpec.named("backend").withSubnet("10.77.0.0/24").asInternal();
 * }</pre>
 *
 * @param name its name without the configured prefix: 1 to 63 of {@code a-z 0-9 -}, beginning and ending with a letter or
 *     digit
 * @param subnetRange its address range in CIDR form, or null to have one chosen
 * @param internal whether its members reach nothing outside it, and nothing outside reaches them: ports that are published
 *     through it are reached by nobody
 * @param labels the caller's labels, none of which may begin with {@link Labels#PREFIX}
 * @param lifetime {@link Lifetime#session()} or {@link Lifetime#persistent()}
 */
@Experimental
public record NetworkSpec(
        String name, @Nullable String subnetRange, boolean internal, Map<String, String> labels, Lifetime lifetime) {

    private static final Pattern CIDR =
            Pattern.compile("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!/)|/)){4}([1-9]|[12]\\d|30)");

    /**
     * Checks everything at once.
     *
     * @throws InvalidInputException with all that is wrong
     */
    public NetworkSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(lifetime, "lifetime");
        labels = Map.copyOf(labels);
        List<Problem> problems = ResourceRules.problems(name, labels, lifetime);
        if (subnetRange != null && !CIDR.matcher(subnetRange).matches()) {
            problems = new ArrayList<>(problems);
            problems.add(new Problem(
                    "subnet", "'" + subnetRange + "' is no IPv4 address range", "write it like 10.77.0.0/24"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("network '" + name + "'", problems);
        }
    }

    /**
     * A network with an address range of the library's choice, open to the outside, that goes with the session.
     *
     * @param name its name without the configured prefix
     * @return the specification
     * @throws InvalidInputException if it is no name
     */
    public static NetworkSpec named(String name) {
        return new NetworkSpec(name, null, false, Map.of(), Lifetime.session());
    }

    /**
     * Its address range.
     *
     * @return CIDR form, or empty to have one chosen
     */
    public Optional<String> subnet() {
        return Optional.ofNullable(subnetRange);
    }

    /**
     * The same network with an address range of choice. Needs {@code Capability.SUBNETS}.
     *
     * @param cidr for example {@code 10.77.0.0/24}
     * @return the specification
     */
    public NetworkSpec withSubnet(String cidr) {
        return new NetworkSpec(name, Objects.requireNonNull(cidr, "cidr"), internal, labels, lifetime);
    }

    /**
     * The same network, closed in both directions. Needs {@code Capability.NETWORK_ISOLATION}.
     *
     * @return the specification
     */
    public NetworkSpec asInternal() {
        return new NetworkSpec(name, subnetRange, true, labels, lifetime);
    }

    /**
     * The same network with one more label.
     *
     * @param label its name
     * @param value its value
     * @return the specification
     */
    public NetworkSpec withLabel(String label, String value) {
        Map<String, String> more = new LinkedHashMap<>(labels);
        more.put(Objects.requireNonNull(label, "label"), Objects.requireNonNull(value, "value"));
        return new NetworkSpec(name, subnetRange, internal, more, lifetime);
    }

    /**
     * The same network with another lifetime.
     *
     * @param value {@link Lifetime#session()} or {@link Lifetime#persistent()}
     * @return the specification
     */
    public NetworkSpec withLifetime(Lifetime value) {
        return new NetworkSpec(name, subnetRange, internal, labels, value);
    }
}
