package io.cofferdam.engine;

import io.cofferdam.error.UnsupportedCapabilityException;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** What one engine can and cannot do, with a reason for everything it cannot. Immutable. */
public final class Capabilities {

    private final String engine;
    private final Map<Capability, String> missing;

    private Capabilities(String engine, Map<Capability, String> missing) {
        this.engine = Objects.requireNonNull(engine, "engine");
        this.missing = missing;
    }

    /**
     * The capabilities of an engine that has all but the named ones. A back end states each missing one with its reason.
     *
     * @param engine the engine's name
     * @param missing why each missing capability is missing, as a clause such as {@code the kernel has no cgroup v2}
     * @return the capabilities
     */
    public static Capabilities allBut(String engine, Map<Capability, String> missing) {
        Map<Capability, String> copy = new EnumMap<>(Capability.class);
        copy.putAll(missing);
        return new Capabilities(engine, copy);
    }

    /**
     * The engine these are the capabilities of.
     *
     * @return its name
     */
    public String engine() {
        return engine;
    }

    /**
     * Whether the engine has a capability.
     *
     * @param capability which one
     * @return true if it has
     */
    public boolean has(Capability capability) {
        return !missing.containsKey(capability);
    }

    /**
     * What the engine can do.
     *
     * @return a set of its own
     */
    public Set<Capability> supported() {
        Set<Capability> all = EnumSet.allOf(Capability.class);
        all.removeAll(missing.keySet());
        return all;
    }

    /**
     * Why the engine lacks a capability.
     *
     * @param capability which one
     * @return a clause; empty if it has it
     */
    public String reason(Capability capability) {
        return missing.getOrDefault(capability, "");
    }

    /**
     * Insists on a capability.
     *
     * @param capability which one
     * @param remedy what the caller can do without it, as a clause
     * @throws UnsupportedCapabilityException if the engine lacks it
     */
    public void require(Capability capability, String remedy) {
        if (!has(capability)) {
            throw new UnsupportedCapabilityException(engine, capability.toString(), reason(capability), remedy);
        }
    }

    /**
     * Sets these capabilities beside those of another engine.
     *
     * @param other the other engine's
     * @return what both, only one and neither can do
     */
    public CapabilityComparison compareTo(Capabilities other) {
        Set<Capability> both = supported();
        both.retainAll(other.supported());
        Set<Capability> onlyThis = supported();
        onlyThis.removeAll(other.supported());
        Set<Capability> onlyOther = other.supported();
        onlyOther.removeAll(supported());
        Set<Capability> neither = EnumSet.copyOf(Set.of(Capability.values()));
        neither.removeAll(supported());
        neither.removeAll(other.supported());
        return new CapabilityComparison(engine, other.engine, both, onlyThis, onlyOther, neither);
    }

    /** What the engine can do, and in brackets what it cannot. */
    @Override
    public String toString() {
        return engine + " " + supported() + (missing.isEmpty() ? "" : " without " + missing);
    }
}
