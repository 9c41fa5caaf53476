package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.Words;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The keys of one kind of mapping: those that are read, those that change nothing that matters here and are passed over with a warning,
 * and those that ask for something that cannot be done.
 *
 * @param what the kind of mapping, for messages
 * @param read keys that are read
 * @param harmless keys that are passed over, and why that does not matter much
 * @param refused keys that are not supported, and what to do instead
 */
record Keys(String what, Set<String> read, Map<String, String> harmless, Map<String, String> refused) {

    static final Keys FILE = new Keys(
            "a Compose file",
            Set.of("name", "services", "networks", "volumes", "secrets", "configs", "include"),
            Map.of("version", "it has no meaning any more"),
            Map.of("models", "run the model as a service of its own"));

    static final Keys SERVICE = new Keys(
            "a service",
            Set.of(
                    "image",
                    "build",
                    "command",
                    "entrypoint",
                    "environment",
                    "env_file",
                    "ports",
                    "expose",
                    "volumes",
                    "tmpfs",
                    "networks",
                    "secrets",
                    "configs",
                    "depends_on",
                    "links",
                    "healthcheck",
                    "deploy",
                    "scale",
                    "restart",
                    "stop_signal",
                    "stop_grace_period",
                    "profiles",
                    "extends",
                    "labels",
                    "working_dir",
                    "user",
                    "pull_policy",
                    "mem_limit",
                    "cpus",
                    "pids_limit",
                    "container_name"),
            Map.ofEntries(
                    Map.entry("annotations", "nothing here reads annotations"),
                    Map.entry("attach", "output is read with the logs"),
                    Map.entry("blkio_config", "disks are shared evenly"),
                    Map.entry("cpu_shares", "weights of processor time are not set; a limit is 'cpus'"),
                    Map.entry("cpu_percent", "weights of processor time are not set; a limit is 'cpus'"),
                    Map.entry("cpu_count", "it is known on Windows alone; a limit is 'cpus'"),
                    Map.entry("develop", "files are not watched"),
                    Map.entry("init", "the main process is the command itself"),
                    Map.entry("logging", "logs are kept by the engine and read from there"),
                    Map.entry("mem_reservation", "reservations are not made; a limit is 'mem_limit'"),
                    Map.entry("mem_swappiness", "swapping is left to the machine"),
                    Map.entry("memswap_limit", "swapping is left to the machine"),
                    Map.entry("oom_score_adj", "which process is killed first is left to the machine"),
                    Map.entry("platform", "the engine's own platform is used"),
                    Map.entry("stdin_open", "nobody is attached to an instance"),
                    Map.entry("tty", "output goes to the logs without a terminal")),
            Map.ofEntries(
                    Map.entry("cap_add", "give rights through the image or the engine"),
                    Map.entry("cap_drop", "take rights away through the image or the engine"),
                    Map.entry("cgroup", ""),
                    Map.entry("cgroup_parent", ""),
                    Map.entry("cpu_period", "use 'cpus'"),
                    Map.entry("cpu_quota", "use 'cpus'"),
                    Map.entry("cpu_rt_period", "use 'cpus'"),
                    Map.entry("cpu_rt_runtime", "use 'cpus'"),
                    Map.entry("cpuset", "use 'cpus'"),
                    Map.entry("credential_spec", ""),
                    Map.entry("device_cgroup_rules", ""),
                    Map.entry("devices", ""),
                    Map.entry("dns", "names are resolved by the application's networks"),
                    Map.entry("dns_opt", "names are resolved by the application's networks"),
                    Map.entry("dns_search", "names are resolved by the application's networks"),
                    Map.entry("domainname", "use an alias of a network"),
                    Map.entry("external_links", "join an external network instead"),
                    Map.entry("extra_hosts", "use an alias of a network"),
                    Map.entry("gpus", ""),
                    Map.entry("group_add", "use 'user' with a group"),
                    Map.entry("hostname", "instances are named by the deployment; use an alias of a network"),
                    Map.entry("ipc", ""),
                    Map.entry("isolation", ""),
                    Map.entry("label_file", "use 'labels'"),
                    Map.entry("mac_address", ""),
                    Map.entry("models", "run the model as a service of its own"),
                    Map.entry("network_mode", "use 'networks'"),
                    Map.entry("oom_kill_disable", ""),
                    Map.entry("pid", ""),
                    Map.entry("post_start", "use a service that others wait for with service_completed_successfully"),
                    Map.entry("pre_stop", "let the software act on its stop signal"),
                    Map.entry("privileged", ""),
                    Map.entry("provider", ""),
                    Map.entry("pull_refresh_after", "use 'pull_policy: every_12h'"),
                    Map.entry("read_only", "use 'tmpfs' and read-only volumes"),
                    Map.entry("runtime", ""),
                    Map.entry("security_opt", ""),
                    Map.entry("shm_size", "use a 'tmpfs' at /dev/shm"),
                    Map.entry("storage_opt", ""),
                    Map.entry("sysctls", ""),
                    Map.entry("ulimits", "set them where the engine is configured"),
                    Map.entry("use_api_socket", ""),
                    Map.entry("userns_mode", ""),
                    Map.entry("uts", ""),
                    Map.entry("volumes_from", "use named volumes")));

    static final Keys BUILD = new Keys(
            "a build",
            Set.of("context", "dockerfile", "dockerfile_inline", "args", "target", "labels"),
            Map.of(
                    "cache_from", "the engine's own cache is used",
                    "cache_to", "the engine's own cache is used",
                    "no_cache", "the engine's own cache is used",
                    "pull", "base images are fetched when they are missing",
                    "tags", "the image is named by 'image'",
                    "isolation", "it is known on Windows alone"),
            Map.ofEntries(
                    Map.entry("additional_contexts", "copy what is needed into the context"),
                    Map.entry("entitlements", ""),
                    Map.entry("extra_hosts", ""),
                    Map.entry("network", ""),
                    Map.entry("platforms", "the engine's own platform is used"),
                    Map.entry("privileged", ""),
                    Map.entry("provenance", ""),
                    Map.entry("sbom", ""),
                    Map.entry("secrets", ""),
                    Map.entry("shm_size", ""),
                    Map.entry("ssh", ""),
                    Map.entry("ulimits", "")));

    static final Keys DEPLOY = new Keys(
            "'deploy'",
            Set.of("mode", "replicas", "labels", "resources", "restart_policy", "update_config", "rollback_config"),
            Map.of(
                    "endpoint_mode", "traffic is routed by the deployment",
                    "placement", "there is one engine to place instances on"),
            Map.of());

    static final Keys RESOURCES =
            new Keys("'resources'", Set.of("limits"), Map.of("reservations", "reservations are not made"), Map.of());

    static final Keys LIMITS = new Keys("'limits'", Set.of("cpus", "memory", "pids"), Map.of(), Map.of());

    static final Keys RESTART_POLICY = new Keys(
            "'restart_policy'",
            Set.of("condition", "max_attempts"),
            Map.of(
                    "delay", "the delay begins at 100 ms and doubles up to 30 s",
                    "window", "a run counts as stable by the engine's own rule"),
            Map.of());

    static final Keys UPDATE = new Keys(
            "update settings",
            Set.of("parallelism", "delay", "failure_action", "monitor", "max_failure_ratio", "order"),
            Map.of(),
            Map.of());

    static final Keys HEALTHCHECK = new Keys(
            "a health check",
            Set.of("test", "interval", "timeout", "retries", "start_period", "disable"),
            Map.of("start_interval", "probes during the start are spaced adaptively"),
            Map.of());

    static final Keys PORT = new Keys(
            "a port",
            Set.of("target", "published", "protocol", "host_ip"),
            Map.of(
                    "name", "it is only for people",
                    "app_protocol", "it is only for people",
                    "mode", "traffic is routed by the deployment"),
            Map.of());

    static final Keys VOLUME_MOUNT = new Keys(
            "a mount",
            Set.of("type", "source", "target", "read_only", "bind", "volume", "tmpfs"),
            Map.of("consistency", "it is known on macOS alone"),
            Map.of("image", "copy the files into the service's own image"));

    static final Keys BIND = new Keys(
            "'bind'",
            Set.of("create_host_path"),
            Map.of("selinux", "labels of SELinux are not changed", "recursive", "the engine decides"),
            Map.of("propagation", ""));

    static final Keys VOLUME_OPTIONS = new Keys(
            "'volume'",
            Set.of(),
            Map.of("nocopy", "the engine decides", "labels", "labels belong to the volume's own definition"),
            Map.of("subpath", "use a volume of its own"));

    static final Keys TMPFS = new Keys("'tmpfs'", Set.of("size"), Map.of("mode", "the engine decides"), Map.of());

    static final Keys FILE_REFERENCE =
            new Keys("a secret or config", Set.of("source", "target", "uid", "gid", "mode"), Map.of(), Map.of());

    static final Keys SERVICE_NETWORK = new Keys(
            "a service's network",
            Set.of("aliases"),
            Map.of(
                    "priority", "networks are joined in the order they are given",
                    "gw_priority", "networks are joined in the order they are given",
                    "interface_name", "interfaces are named by the engine"),
            Map.of(
                    "ipv4_address", "use the service's name",
                    "ipv6_address", "use the service's name",
                    "link_local_ips", "use the service's name",
                    "mac_address", "",
                    "driver_opts", ""));

    static final Keys DEPENDENCY =
            new Keys("a dependency", Set.of("condition", "required", "restart"), Map.of(), Map.of());

    static final Keys NETWORK = new Keys(
            "a network",
            Set.of("name", "external", "internal", "labels", "ipam", "driver"),
            Map.of("attachable", "whoever knows its name can join it", "enable_ipv4", "IPv4 is always there"),
            Map.of("driver_opts", "", "enable_ipv6", "use IPv4"));

    static final Keys IPAM =
            new Keys("'ipam'", Set.of("config"), Map.of("driver", "the engine's own is used"), Map.of("options", ""));

    static final Keys IPAM_CONFIG = new Keys(
            "an address range",
            Set.of("subnet"),
            Map.of("gateway", "the engine chooses the gateway", "ip_range", "addresses come from the whole range"),
            Map.of("aux_addresses", ""));

    static final Keys VOLUME = new Keys(
            "a volume",
            Set.of("name", "external", "labels", "driver"),
            Map.of(),
            Map.of("driver_opts", "mount a folder of the host instead"));

    static final Keys SECRET = new Keys(
            "a secret",
            Set.of("file", "environment", "content", "external", "name", "labels"),
            Map.of(),
            Map.of("driver", "", "driver_opts", "", "template_driver", ""));

    static final Keys CONFIG = new Keys(
            "a config",
            Set.of("file", "environment", "content", "external", "name", "labels"),
            Map.of(),
            Map.of("template_driver", ""));

    static final Keys ENV_FILE =
            new Keys("an entry of 'env_file'", Set.of("path", "required", "format"), Map.of(), Map.of());

    static final Keys EXTENDS = new Keys("'extends'", Set.of("service", "file"), Map.of(), Map.of());

    static final Keys INCLUDE =
            new Keys("an include", Set.of("path", "project_directory", "env_file"), Map.of(), Map.of());

    /** Tells of every key that is not read. */
    void check(Map<String, Tree.Entry> entries, Problems problems) {
        entries.forEach((key, entry) -> {
            if (read.contains(key) || key.startsWith("x-")) {
                return;
            }
            if (harmless.containsKey(key)) {
                problems.warn(entry.key(), "'" + key + "' is passed over: " + harmless.get(key), "");
            } else if (refused.containsKey(key)) {
                problems.unsupported(entry.key(), "'" + key + "' is not supported", remedy(key));
            } else {
                Set<String> known = new HashSet<>(read);
                known.addAll(harmless.keySet());
                known.addAll(refused.keySet());
                String nearest = Words.nearest(key, known.stream().sorted().toList());
                problems.add(
                        entry.key(),
                        what + " has no key '" + Words.shorten(key) + "'",
                        nearest == null ? "remove it, or begin it with x-" : "did you mean '" + nearest + "'?");
            }
        });
    }

    private String remedy(String key) {
        String instead = refused.getOrDefault(key, "");
        return instead.isEmpty() ? "remove it, or pass over what is not supported" : instead;
    }
}
