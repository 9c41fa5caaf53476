package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.error.EngineVersionException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An engine that answered, and what it said of itself.
 *
 * @param address where it is
 * @param api the version of its API that is spoken with it
 * @param version its answer to {@code /version}
 * @param info its answer to {@code /info}
 */
record EngineFacts(EngineAddress address, ApiVersion api, JsonNode version, JsonNode info) {

    /** The first API in which the choice of a platform is no experiment. */
    private static final ApiVersion PLATFORMS = new ApiVersion(1, 41);

    private static final Set<String> DRIVERS_WITH_QUOTA = Set.of("btrfs", "zfs", "devicemapper", "windowsfilter");

    /**
     * Asks an engine that nothing is known of yet.
     *
     * @throws EngineVersionException if it speaks no version of the API that this adapter does
     */
    static EngineFacts ask(EngineAddress address, Deadline deadline, Threads threads) {
        Operation operation = Operation.of("ask", "asking", "the engine at " + address);
        JsonNode version;
        // Every engine answers this one without a version in the path, whatever versions it speaks.
        try (EngineHttp http = new EngineHttp(address, null, 1, threads)) {
            version = http.json(operation, HttpRequest.get("/version"), deadline);
        }
        ApiVersion api = negotiate(address, version);
        try (EngineHttp http = new EngineHttp(address, api, 1, threads)) {
            return new EngineFacts(address, api, version, http.json(operation, HttpRequest.get("/info"), deadline));
        }
    }

    /** The newest version of the API that both sides speak. */
    static ApiVersion negotiate(EngineAddress address, JsonNode version) {
        String release = version.path("Version").asText("of an unknown version");
        ApiVersion newest = ApiVersion.parse(version.path("ApiVersion").asText(""))
                .orElseThrow(() -> new EngineVersionException("what answers at " + address
                        + " does not tell a version of the Docker API; name the address of a Docker Engine"));
        ApiVersion oldest =
                ApiVersion.parse(version.path("MinAPIVersion").asText("")).orElse(newest);
        if (newest.compareTo(ApiVersion.OLDEST) < 0) {
            throw new EngineVersionException("the engine at " + address + " is too old: " + release + " speaks API "
                    + newest + " and older, at least " + ApiVersion.OLDEST
                    + " is needed; update it to Docker 19.03 or newer");
        }
        if (oldest.compareTo(ApiVersion.NEWEST) > 0) {
            throw new EngineVersionException(
                    "the engine at " + address + " is too new: " + release + " speaks API " + oldest
                            + " and newer, this library speaks " + ApiVersion.OLDEST + " to " + ApiVersion.NEWEST
                            + "; update the library");
        }
        return newest.compareTo(ApiVersion.NEWEST) < 0 ? newest : ApiVersion.NEWEST;
    }

    EngineInfo engineInfo() {
        Map<String, String> details = new LinkedHashMap<>();
        detail(details, "name", "Name");
        detail(details, "operatingSystem", "OperatingSystem");
        detail(details, "kernel", "KernelVersion");
        detail(details, "storageDriver", "Driver");
        detail(details, "cgroupVersion", "CgroupVersion");
        detail(details, "loggingDriver", "LoggingDriver");
        return new EngineInfo(
                DockerProvider.NAME,
                version.path("Version").asText(""),
                api.toString(),
                address.toString(),
                info.path("OSType").asText(version.path("Os").asText("")),
                version.path("Arch").asText(info.path("Architecture").asText("")),
                info.path("NCPU").asInt(0),
                memory(),
                details);
    }

    private void detail(Map<String, String> details, String name, String field) {
        String value = info.path(field).asText("");
        if (!value.isEmpty()) {
            details.put(name, value);
        }
    }

    /** Bytes of main memory; 0 if the engine does not tell. */
    long memory() {
        return info.path("MemTotal").asLong(0);
    }

    /** Distinguishes two engines of one host. */
    String engineId() {
        return info.path("ID").asText(address.toString());
    }

    /** Whether memory and swap can be limited together, so that a memory limit is one. */
    boolean limitsSwap() {
        return info.path("SwapLimit").asBoolean(false);
    }

    /** Whether the engine has a log driver. */
    boolean hasLogDriver(String name) {
        for (JsonNode driver : info.path("Plugins").path("Log")) {
            if (driver.asText("").equals(name)) {
                return true;
            }
        }
        return false;
    }

    /** Whether containers' addresses may be this host's neighbours: not behind a virtual machine or a user namespace. */
    boolean mayReachBridges() {
        return address.kind() == EngineAddress.Kind.UNIX
                && System.getProperty("os.name", "").equals("Linux")
                && !info.path("OperatingSystem").asText("").contains("Docker Desktop")
                && !info.path("SecurityOptions").toString().contains("name=rootless");
    }

    Capabilities capabilities() {
        Map<Capability, String> missing = new EnumMap<>(Capability.class);
        missing.put(Capability.TEMPLATES, "containers are made from images only");
        missing.put(
                Capability.MEMORY_CHECKPOINT,
                "the engine's checkpoints are experimental and need CRIU, which engines do not bring along");
        flag(missing, Capability.MEMORY_LIMIT, "MemoryLimit", "the engine's kernel has no memory control group");
        flag(missing, Capability.PIDS_LIMIT, "PidsLimit", "the engine's kernel has no control group for processes");
        if (!info.path("CpuCfsQuota").asBoolean(false)
                || !info.path("CpuCfsPeriod").asBoolean(false)) {
            missing.put(Capability.CPU_LIMIT, "the engine's kernel has no quota of processor time");
        }
        String driver = info.path("Driver").asText("");
        if (!DRIVERS_WITH_QUOTA.contains(driver)) {
            // With overlay2 it depends on a mount option of XFS that no engine tells.
            missing.put(Capability.DISK_LIMIT, "the engine's storage driver '" + driver + "' keeps no quota");
        }
        missing.put(
                Capability.BUILDKIT,
                "images are built by the engine's classic builder; this back end does not speak BuildKit's protocol");
        if (api.compareTo(PLATFORMS) < 0 && !info.path("ExperimentalBuild").asBoolean(false)) {
            missing.put(
                    Capability.IMAGE_PLATFORMS,
                    "engines before Docker 20.10 let platforms be chosen as an experiment only, which this one does not");
        }
        if (info.path("OSType").asText("").equals("windows")) {
            missing.put(Capability.TMPFS, "containers of Windows have no mounts in memory");
            missing.put(Capability.PAUSE, "containers of Windows with process isolation cannot be paused");
        }
        return Capabilities.allBut(DockerProvider.NAME, missing);
    }

    private void flag(Map<Capability, String> missing, Capability capability, String field, String reason) {
        if (!info.path(field).asBoolean(false)) {
            missing.put(capability, reason);
        }
    }

    @Override
    public String toString() {
        return "EngineFacts[" + address + ", API " + api + "]";
    }
}
