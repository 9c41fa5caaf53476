package io.cofferdam.compose;

import io.cofferdam.application.Dependency;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.Service;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads one service, merged and complete. What cannot be read is told; the rest is read all the same. */
final class ServiceReader {

    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
    private static final Keys OWN = new Keys(
            "'x-cofferdam' of a service",
            Set.of("secret-env", "start-timeout", "disk", "ready", "folder", "no-image"),
            Map.of(),
            Map.of());
    private static final Keys OWN_HEALTHCHECK =
            new Keys("'x-cofferdam' of a health check", Set.of("tcp", "http", "command"), Map.of(), Map.of());

    private final Loading loading;
    private final Values values;
    private final Problems problems;
    private final Tree.Mapping tree;
    private final String original;
    private final Place place;
    private final ServiceBuilder service;
    private final List<String> aliases = new ArrayList<>();
    private ResourceLimits limits = ResourceLimits.none();
    private final Set<String> published = new HashSet<>();
    private final Set<String> targets = new HashSet<>();
    private boolean emptyCommand;

    ServiceReader(Loading loading, String original, Place place, Tree.Mapping tree) {
        this.loading = loading;
        this.values = loading.values;
        this.problems = loading.problems;
        this.tree = tree;
        this.original = original;
        this.place = place;
        this.service = Service.named(loading.services.of(original));
    }

    ServiceBuilder read() {
        Map<String, Tree.Entry> entries = tree.entries();
        Keys.SERVICE.check(entries, problems);
        if (!service().equals(original)) {
            alias(original);
        }
        text("image", service::image);
        software();
        new VariablesReader(loading, tree).read(service);
        PortForms ports = new PortForms(values, problems, loading.publishAddress);
        each(
                "ports",
                port -> ports.read(port).forEach(mapping -> {
                    if (published.add(mapping.port() + "/" + mapping.protocol())) {
                        service.publish(mapping);
                    } else {
                        problems.add(
                                port.place(),
                                mapping.port() + "/" + mapping.protocol() + " is published twice",
                                "publish a port of a service once");
                    }
                }));
        each("expose", port -> ports.exposed(port).forEach(service::expose));
        mounts();
        text("container_name", this::containerName);
        networks();
        each("secrets", item -> reference(item, "secret", loading.secrets, "/run/secrets/", service::secret));
        each("configs", item -> reference(item, "config", loading.configs, "/", service::config));
        dependencies();
        at("healthcheck", this::healthCheck);
        restart();
        text("stop_signal", signal -> service.instances(i -> i.stopSignal(signal(signal))));
        at("stop_grace_period", time -> apply(values.duration(time), service::stopGrace));
        at("profiles", names -> values.texts(names).forEach(service::profile));
        at(
                "labels",
                labels -> values.pairs(labels).forEach((name, value) -> service.instances(i -> i.label(name, value))));
        text("working_dir", folder -> service.instances(i -> i.workingDirectory(folder)));
        text("user", user -> service.instances(i -> i.user(user)));
        at("pull_policy", this::pullPolicy);
        limits();
        at("deploy", this::deploy);
        replicas();
        at("x-cofferdam", this::own);
        ResourceLimits all = limits;
        service.instances(i -> i.limits(all));
        entries.forEach((key, entry) -> {
            if (key.startsWith("x-") && !key.equals("x-cofferdam")) {
                service.extension(key, values.plain(entry.value()));
            }
        });
        return service;
    }

    private Place keyPlace(String key) {
        Tree.Entry entry = tree.entries().get(key);
        return entry == null ? place : entry.key();
    }

    private String service() {
        return loading.services.of(original);
    }

    private void software() {
        at(
                "build",
                build -> apply(new BuildReader(loading).read(build), made -> {
                    service.buildFrom(made);
                    if (tree.get("image") == null && !isWithoutImage()) {
                        service.image(loading.project + "-" + service());
                    }
                }));
        at(
                "entrypoint",
                words -> apply(values.command(words), list -> service.entrypoint(list.toArray(String[]::new))));
        at(
                "command",
                words -> apply(values.command(words), list -> {
                    emptyCommand = list.isEmpty() && !(words instanceof Tree.Mapping);
                    service.command(list.toArray(String[]::new));
                }));
        if (emptyCommand) {
            problems.unsupported(
                    keyPlace("command"),
                    "an empty command is not supported: the image's own would be run",
                    "remove it, or set an 'entrypoint'");
        }
        if (tree.get("image") == null
                && tree.get("build") == null
                && tree.get("command") == null
                && tree.get("entrypoint") == null) {
            problems.add(
                    place, "the service '" + original + "' has neither an 'image' nor a 'build'", "set one of them");
            service.image("missing");
        }
    }

    /** Whether a build is for engines without images alone. */
    private boolean isWithoutImage() {
        Tree.Mapping own = tree.mapping("x-cofferdam");
        Tree without = own == null ? null : own.get("no-image");
        return without != null && values.isTrue(without);
    }

    private void mounts() {
        MountForms forms = new MountForms(values, problems, loading.paths, loading.volumes::of);
        each("volumes", item -> {
            Mount mount = forms.read(item);
            if (mount instanceof Mount.Volume volume && !loading.volumeDefinitions.contains(volume.volume())) {
                String nearest = Words.nearest(volume.volume(), loading.volumeDefinitions);
                problems.add(
                        item.place(),
                        "the volume '" + loading.volumes.original(volume.volume()) + "' is not defined",
                        nearest == null ? "define it under 'volumes' of the file" : "did you mean '" + nearest + "'?");
            }
            mount(item, mount);
        });
        at("tmpfs", several -> values.items(several).forEach(item -> mount(item, forms.tmpfs(item))));
    }

    private void mount(Tree item, @Nullable Mount mount) {
        if (mount == null) {
            return;
        }
        String target = mount.target();
        if (!target.startsWith("/")
                || target.equals("/")
                || List.of(target.split("/")).contains("..")) {
            problems.add(item.place(), "it cannot be mounted there", "use an absolute path below / without '..'");
        } else if (!targets.add(target)) {
            problems.add(item.place(), "something is mounted at this path already", "keep one of them");
        } else {
            service.mount(mount);
        }
    }

    private void containerName(String name) {
        if (!name.equals(original) && !name.equals(service())) {
            alias(name);
        }
        problems.warn(
                keyPlace("container_name"),
                "'container_name' is not the name of an instance: the deployment names instances",
                "it is an alias in the service's networks");
    }

    private void alias(String name) {
        if (ALIAS.matcher(name).matches() && !aliases.contains(name)) {
            aliases.add(name);
        }
    }

    private void networks() {
        Tree networks = tree.get("networks");
        Map<String, Tree.Entry> joined = networks == null ? Map.of() : values.entries(networks);
        if (joined.isEmpty() && !aliases.isEmpty()) {
            service.network("default", aliases.toArray(String[]::new));
        }
        joined.forEach((name, entry) -> {
            if (!name.equals("default") && !loading.networks.knows(name)) {
                String nearest = Words.nearest(name, loading.networks.all());
                problems.add(
                        entry.key(),
                        "the network '" + Words.shorten(name) + "' is not defined",
                        nearest == null ? "define it under 'networks' of the file" : "did you mean '" + nearest + "'?");
            }
            Map<String, Tree.Entry> settings = values.entries(entry.value());
            Keys.SERVICE_NETWORK.check(settings, problems);
            List<String> all = new ArrayList<>(aliases);
            Tree.Entry own = settings.get("aliases");
            if (own != null) {
                for (Tree item : values.items(own.value())) {
                    String alias = values.text(item);
                    if (alias != null && !ALIAS.matcher(alias).matches()) {
                        values.wrong(item, "is no host name");
                    } else if (alias != null && !all.contains(alias)) {
                        all.add(alias);
                    }
                }
            }
            service.network(loading.networks.of(name), all.toArray(String[]::new));
        });
    }

    private void reference(Tree item, String kind, Set<String> known, String folder, Consumer<FileReference> adder) {
        if (!(item instanceof Tree.Mapping mapping)) {
            apply(values.text(item), name -> {
                if (isKnown(name, kind, known, item)) {
                    adder.accept(FileReference.at(name, folder + name));
                }
            });
            return;
        }
        Keys.FILE_REFERENCE.check(mapping.entries(), problems);
        Tree source = mapping.get("source");
        if (source == null) {
            problems.add(item.place(), "there is no 'source' here", "name the secret or config");
            return;
        }
        String name = values.text(source);
        String target = textOf(mapping, "target");
        Tree mode = mapping.get("mode");
        if (name != null && isKnown(name, kind, known, source)) {
            String path = target == null ? folder + name : target.startsWith("/") ? target : folder + target;
            adder.accept(new FileReference(
                    name,
                    path,
                    textOf(mapping, "uid"),
                    textOf(mapping, "gid"),
                    mode == null ? null : values.mode(mode)));
        }
    }

    private boolean isKnown(String name, String kind, Set<String> known, Tree place) {
        if (known.contains(name)) {
            return true;
        }
        String nearest = Words.nearest(name, known);
        problems.add(
                place.place(),
                "the " + kind + " '" + Words.shorten(name) + "' is not defined",
                nearest == null ? "define it under '" + kind + "s' of the file" : "did you mean '" + nearest + "'?");
        return false;
    }

    private void dependencies() {
        at(
                "links",
                links -> values.items(links)
                        .forEach(link -> apply(values.text(link), text -> {
                            String[] parts = text.split(":", 2);
                            service.dependsOn(loading.services.of(parts[0]));
                            if (parts.length == 2 && !parts[1].equals(parts[0])) {
                                problems.unsupported(
                                        link.place(),
                                        "a link under another name is not supported",
                                        "use an alias of a network");
                            }
                        })));
        at(
                "depends_on",
                all -> values.entries(all).forEach((name, entry) -> {
                    Map<String, Tree.Entry> settings = values.entries(entry.value());
                    Keys.DEPENDENCY.check(settings, problems);
                    Dependency.Condition condition = Dependency.Condition.STARTED;
                    Tree.Entry wanted = settings.get("condition");
                    if (wanted != null) {
                        condition = condition(wanted.value());
                    }
                    Tree.Entry required = settings.get("required");
                    Tree.Entry restart = settings.get("restart");
                    if (!loading.services.knows(name)) {
                        String nearest = Words.nearest(name, loading.services.all());
                        boolean optional = required != null && Boolean.FALSE.equals(values.truth(required.value()));
                        if (!optional) {
                            problems.add(
                                    entry.key(),
                                    "there is no service '" + Words.shorten(name) + "'"
                                            + (loading.inactive.contains(name) ? " without its profile" : ""),
                                    loading.inactive.contains(name)
                                            ? "activate the profile, or add 'required: false'"
                                            : nearest == null
                                                    ? "define it under 'services'"
                                                    : "did you mean '" + nearest + "'?");
                            return;
                        }
                    }
                    service.dependsOn(new Dependency(
                            loading.services.of(name),
                            condition,
                            required == null || !Boolean.FALSE.equals(values.truth(required.value())),
                            restart != null && values.isTrue(restart.value())));
                }));
    }

    private Dependency.Condition condition(Tree tree) {
        String text = values.text(tree);
        switch (text == null ? "" : text) {
            case "service_healthy" -> {
                return Dependency.Condition.HEALTHY;
            }
            case "service_completed_successfully" -> {
                return Dependency.Condition.COMPLETED;
            }
            case "service_started", "" -> {
                return Dependency.Condition.STARTED;
            }
            default -> {
                values.wrong(
                        tree,
                        "is no condition",
                        "write service_started, service_healthy or service_completed_successfully");
                return Dependency.Condition.STARTED;
            }
        }
    }

    private void healthCheck(Tree tree) {
        Map<String, Tree.Entry> entries = values.entries(tree);
        Keys.HEALTHCHECK.check(entries, problems);
        Tree.Entry disable = entries.get("disable");
        Tree.Entry test = entries.get("test");
        Tree.Entry own = entries.get("x-cofferdam");
        if ((disable != null && values.isTrue(disable.value())) || (test != null && isNone(test.value()))) {
            loading.withoutHealthCheck(service, disable == null ? tree.place() : disable.key());
            return;
        }
        Probe probe = null;
        if (own != null) {
            OWN_HEALTHCHECK.check(values.entries(own.value()), problems);
            probe = new ProbeForms(values, problems).probe(own.value());
        } else if (test != null) {
            probe = probe(test.value());
        } else {
            problems.unsupported(
                    tree.place(),
                    "a health check without a 'test', which changes the times of the image's own, is not supported",
                    "write its 'test' here");
        }
        Duration interval = time(entries, "interval", Duration.ofSeconds(30));
        Duration timeout = time(entries, "timeout", Duration.ofSeconds(30));
        Duration start = time(entries, "start_period", Duration.ZERO);
        Long retries = entries.containsKey("retries")
                ? values.whole(entries.get("retries").value(), 1, Integer.MAX_VALUE)
                : (Long) 3L;
        if (probe != null) {
            service.healthCheck(
                    new HealthCheck(probe, interval, timeout, retries == null ? 3 : retries.intValue(), start));
        }
    }

    private static boolean isNone(Tree test) {
        Tree first = test instanceof Tree.Sequence list && list.items().size() == 1
                ? list.items().get(0)
                : test;
        return first instanceof Tree.Scalar scalar && scalar.value().equals("NONE");
    }

    private @Nullable Probe probe(Tree test) {
        if (test instanceof Tree.Scalar) {
            String line = values.text(test);
            return line == null ? null : Probe.command("/bin/sh", "-c", line);
        }
        List<String> words = values.texts(test);
        String kind = words.isEmpty() ? "" : words.get(0);
        List<String> rest = words.subList(Math.min(1, words.size()), words.size());
        if (kind.equals("CMD") && !rest.isEmpty()) {
            return new Probe.Command(rest);
        }
        if (kind.equals("CMD-SHELL") && rest.size() == 1) {
            return Probe.command("/bin/sh", "-c", rest.get(0));
        }
        problems.add(
                test.place(),
                "this is no test of a health check",
                "begin the list with CMD and words, or with CMD-SHELL and one line, or write NONE");
        return null;
    }

    private void restart() {
        at(
                "restart",
                tree -> apply(values.text(tree), text -> {
                    String[] parts = text.split(":", 2);
                    switch (parts[0]) {
                        case "no" -> service.restart(RestartPolicy.never());
                        case "always", "unless-stopped" -> service.restart(RestartPolicy.always());
                        case "on-failure" -> {
                            Long retries = 0L;
                            if (parts.length == 2) {
                                retries = parts[1].matches("\\d{1,9}")
                                        ? (Long) Long.parseLong(parts[1])
                                        : values.wrong(tree, "has no number of retries behind the colon");
                            }
                            service.restart(RestartPolicy.onFailure(retries == null ? 0 : retries.intValue()));
                        }
                        default ->
                            values.wrong(
                                    tree, "is no restart policy", "write no, always, unless-stopped or on-failure[:N]");
                    }
                }));
    }

    private static String signal(String text) {
        return text.matches("\\d+") || text.startsWith("SIG") ? text : "SIG" + text;
    }

    private void pullPolicy(Tree tree) {
        String text = values.text(tree);
        switch (text == null ? "missing" : text) {
            case "always" -> service.instances(i -> i.pullPolicy(PullPolicy.ALWAYS));
            case "never" -> service.instances(i -> i.pullPolicy(PullPolicy.NEVER));
            case "missing", "if_not_present" -> {}
            case "build" -> {
                if (this.tree.get("build") == null) {
                    values.wrong(tree, "needs a 'build' section");
                }
            }
            default -> {
                Duration age = values.age(tree);
                if (age != null) {
                    service.instances(i -> i.imageMaxAge(age));
                }
            }
        }
    }

    private void limits() {
        at("mem_limit", value -> apply(values.bytes(value), bytes -> memory(value, bytes)));
        at("cpus", value -> apply(values.number(value), cpus -> cpus(value, cpus)));
        at("pids_limit", value -> apply(values.whole(value, -1, Long.MAX_VALUE), count -> pids(value, count)));
    }

    private void memory(Tree tree, long bytes) {
        if (bytes == 0) {
            return;
        }
        contradiction(tree, limits.memory().isPresent() && limits.memory().getAsLong() != bytes);
        limits = limits.withMemory(bytes);
    }

    private void cpus(Tree tree, double cpus) {
        if (cpus == 0) {
            return;
        }
        if (!(cpus > 0 && cpus <= 100_000)) {
            values.wrong(tree, "is no number of processors", "write a number above 0, such as 0.5");
            return;
        }
        contradiction(tree, limits.cpus().isPresent() && limits.cpus().getAsDouble() != cpus);
        limits = limits.withCpus(cpus);
    }

    private void pids(Tree tree, long count) {
        if (count <= 0) {
            return;
        }
        contradiction(tree, limits.pids().isPresent() && limits.pids().getAsLong() != count);
        limits = limits.withPids(count);
    }

    private void contradiction(Tree tree, boolean there) {
        if (there) {
            problems.add(tree.place(), "the service has another limit of this kind already", "keep one of them");
        }
    }

    private void deploy(Tree deploy) {
        Map<String, Tree.Entry> entries = values.entries(deploy);
        Keys.DEPLOY.check(entries, problems);
        in(entries, "mode", mode -> {
            String text = values.text(mode);
            if (text != null && !text.equals("replicated")) {
                problems.unsupported(mode.place(), "the mode " + mode + " is not supported", "use replicated");
            }
        });
        in(entries, "labels", labels -> values.pairs(labels).forEach(service::label));
        in(entries, "resources", resources -> {
            Map<String, Tree.Entry> parts = values.entries(resources);
            Keys.RESOURCES.check(parts, problems);
            in(parts, "limits", all -> {
                Map<String, Tree.Entry> limits = values.entries(all);
                Keys.LIMITS.check(limits, problems);
                in(limits, "memory", value -> apply(values.bytes(value), bytes -> memory(value, bytes)));
                in(limits, "cpus", value -> apply(values.number(value), cpus -> cpus(value, cpus)));
                in(limits, "pids", value -> apply(values.whole(value, -1, Long.MAX_VALUE), n -> pids(value, n)));
            });
        });
        in(entries, "restart_policy", this::restartPolicy);
        in(entries, "update_config", settings -> service.update(settings(settings)));
        in(entries, "rollback_config", settings -> service.rollback(settings(settings)));
    }

    private void restartPolicy(Tree tree) {
        Map<String, Tree.Entry> entries = values.entries(tree);
        Keys.RESTART_POLICY.check(entries, problems);
        Long attempts = entries.containsKey("max_attempts")
                ? values.whole(entries.get("max_attempts").value(), 0, Integer.MAX_VALUE)
                : (Long) 0L;
        String condition = entries.containsKey("condition")
                ? values.text(entries.get("condition").value())
                : "any";
        switch (condition == null ? "any" : condition) {
            case "none" -> service.restart(RestartPolicy.never());
            case "on-failure" -> service.restart(RestartPolicy.onFailure(attempts == null ? 0 : attempts.intValue()));
            case "any" -> {
                service.restart(RestartPolicy.always());
                if (attempts != null && attempts > 0) {
                    problems.unsupported(
                            placeOf(entries, "max_attempts", tree),
                            "a number of attempts is supported with the condition on-failure only",
                            "write 'condition: on-failure'");
                }
            }
            default ->
                values.wrong(
                        Objects.requireNonNull(entries.get("condition")).value(),
                        "is no condition",
                        "write none, on-failure or any");
        }
    }

    private UpdateSettings settings(Tree tree) {
        Map<String, Tree.Entry> entries = values.entries(tree);
        Keys.UPDATE.check(entries, problems);
        UpdateSettings settings = UpdateSettings.defaults()
                .withDelay(time(entries, "delay", Duration.ZERO))
                .withMonitor(time(entries, "monitor", Duration.ZERO));
        Long parallelism = entries.containsKey("parallelism")
                ? values.whole(entries.get("parallelism").value(), 0, 1_000_000)
                : null;
        if (parallelism != null) {
            settings = settings.withParallelism(parallelism.intValue());
        }
        if (entries.containsKey("max_failure_ratio")) {
            Tree value = entries.get("max_failure_ratio").value();
            Double ratio = values.number(value);
            if (ratio != null && ratio >= 0 && ratio <= 1) {
                settings = settings.withMaxFailureRatio(ratio);
                if (ratio > 0) {
                    problems.warn(
                            value.place(), "'max_failure_ratio' is passed over: no instance of a release may fail", "");
                }
            } else if (ratio != null) {
                values.wrong(value, "is not between 0 and 1");
            }
        }
        if (entries.containsKey("failure_action")) {
            Tree value = entries.get("failure_action").value();
            String text = values.text(value);
            switch (text == null ? "pause" : text) {
                case "pause" -> {}
                case "continue" -> settings = settings.withFailureAction(UpdateSettings.FailureAction.CONTINUE);
                case "rollback" -> settings = settings.withFailureAction(UpdateSettings.FailureAction.ROLLBACK);
                default -> values.wrong(value, "is no answer to a failure", "write pause, continue or rollback");
            }
            if (!"rollback".equals(text)) {
                problems.warn(
                        value.place(),
                        "'failure_action: " + text
                                + "' is passed over: the services of a deployment stay together, so what"
                                + " follows a failure is said when it is deployed, and is a rollback otherwise",
                        "");
            }
        }
        if (entries.containsKey("order")) {
            Tree value = entries.get("order").value();
            String text = values.text(value);
            switch (text == null ? "stop-first" : text) {
                case "stop-first" -> {}
                case "start-first" -> settings = settings.withOrder(UpdateSettings.Order.START_FIRST);
                default -> values.wrong(value, "is no order", "write stop-first or start-first");
            }
        }
        return settings;
    }

    private void replicas() {
        Tree.Mapping deploy = tree.mapping("deploy");
        Tree replicas = deploy == null ? null : deploy.get("replicas");
        Tree scale = tree.get("scale");
        Long wanted = replicas == null ? null : values.whole(replicas, 0, 10_000);
        Long scaled = scale == null ? null : values.whole(scale, 0, 10_000);
        if (wanted != null && scaled != null && !wanted.equals(scaled) && scale != null) {
            problems.add(scale.place(), "'scale' and 'replicas' of 'deploy' are different", "keep one of them");
        }
        Long count = wanted == null ? scaled : wanted;
        if (count != null) {
            service.replicas(count.intValue());
        }
    }

    private void own(Tree tree) {
        Map<String, Tree.Entry> entries = values.entries(tree);
        OWN.check(entries, problems);
        in(
                entries,
                "folder",
                folder -> apply(
                        values.text(folder), path -> service.folder(loading.paths.resolve(path, folder.place()))));
        in(
                entries,
                "start-timeout",
                time -> apply(values.duration(time), value -> service.instances(i -> i.startTimeout(value))));
        in(
                entries,
                "disk",
                size -> apply(values.bytes(size), bytes -> {
                    if (bytes > 0) {
                        limits = limits.withDisk(bytes);
                    }
                }));
        in(entries, "ready", ready -> {
            Readiness readiness = new ProbeForms(values, problems).readiness(ready);
            apply(readiness, value -> service.instances(i -> i.readyWhen(value)));
        });
    }

    private static Place placeOf(Map<String, Tree.Entry> entries, String key, Tree otherwise) {
        Tree.Entry entry = entries.get(key);
        return entry == null ? otherwise.place() : entry.key();
    }

    private Duration time(Map<String, Tree.Entry> entries, String key, Duration fallback) {
        Tree.Entry entry = entries.get(key);
        Duration time = entry == null ? fallback : values.duration(entry.value());
        return time == null ? fallback : time;
    }

    private @Nullable String textOf(Tree.Mapping mapping, String key) {
        Tree value = mapping.get(key);
        return value == null ? null : values.text(value);
    }

    private void text(String key, Consumer<String> use) {
        at(key, value -> apply(values.text(value), use));
    }

    private void each(String key, Consumer<Tree> use) {
        at(key, value -> values.list(value).forEach(use));
    }

    private void at(String key, Consumer<Tree> use) {
        in(tree.entries(), key, use);
    }

    /** Nothing where a value could be is the same as no key. */
    private static void in(Map<String, Tree.Entry> entries, String key, Consumer<Tree> use) {
        Tree.Entry entry = entries.get(key);
        if (entry != null && !(entry.value() instanceof Tree.Scalar scalar && scalar.isNull())) {
            use.accept(entry.value());
        }
    }

    private static <T> void apply(@Nullable T value, Consumer<T> use) {
        if (value != null) {
            use.accept(value);
        }
    }
}
