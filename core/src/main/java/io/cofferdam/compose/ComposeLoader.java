package io.cofferdam.compose;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import io.cofferdam.internal.yaml.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads files of the Compose specification into an {@link Application}. Immutable; each {@code with} method gives a changed copy.
 *
 * <pre>{@code
 * Application shop = ComposeLoader.of(Path.of("compose.yaml")).load().application();
 * }</pre>
 *
 * <p>Variables come from the environment of this process and, where that has none, from a file {@code .env} in the project's folder.
 * Relative paths are taken from the project's folder, those of files that others extend or include from their own. What the
 * specification knows and this library cannot do is an error that says so, or a warning where passing it over changes little; it is
 * never passed over in silence. Keys that begin with {@code x-} are kept as extensions.
 *
 * <p>Names of services, networks and volumes become host names ({@code db_data} is {@code db-data}); a service keeps its name in the
 * file as an alias. Ports that name no host address are published on {@code 127.0.0.1}, unlike Compose, which publishes them on every
 * interface; see {@link #publishOn}. Variables whose names speak of passwords, secrets, tokens or keys, and addresses with a password, are
 * treated as secrets; a service says itself which are with {@code x-cofferdam: {secret-env: [NAME]}}.
 */
@Experimental
public final class ComposeLoader {

    private static final String DEFAULT_NAME = "app";

    private final List<Path> files;

    @Nullable
    private final String text;

    private final Settings settings;

    private record Settings(
            @Nullable Path directory,
            @Nullable String project,
            @Nullable String version,
            Map<String, String> environment,
            @Nullable List<Path> variableFiles,
            Set<String> profiles,
            String publishAddress,
            boolean lenient) {

        static final Settings USUAL =
                new Settings(null, null, null, System.getenv(), null, Set.of(), "127.0.0.1", false);
    }

    private ComposeLoader(List<Path> files, @Nullable String text, Settings settings) {
        this.files = files;
        this.text = text;
        this.settings = settings;
    }

    /**
     * A loader of files.
     *
     * @param files at least one; each is merged over those before it
     * @return the loader
     */
    public static ComposeLoader of(Path... files) {
        return of(Arrays.asList(files));
    }

    /**
     * A loader of files.
     *
     * @param files at least one; each is merged over those before it
     * @return the loader
     */
    public static ComposeLoader of(List<Path> files) {
        if (files.isEmpty()) {
            throw new IllegalArgumentException("there is no file to load");
        }
        return new ComposeLoader(List.copyOf(files), null, Settings.USUAL);
    }

    /**
     * A loader of text.
     *
     * @param text what would be in a file {@code compose.yaml}
     * @param directory the folder that file would be in
     * @return the loader
     */
    public static ComposeLoader ofText(String text, Path directory) {
        return new ComposeLoader(
                List.of(directory.resolve("compose.yaml")), Objects.requireNonNull(text, "text"), Settings.USUAL);
    }

    /**
     * Names the project, whatever the files say.
     *
     * @param name of the form {@link Application#named} takes
     * @return the changed loader
     */
    public ComposeLoader project(String name) {
        Objects.requireNonNull(name, "name");
        return with(new Settings(
                settings.directory,
                name,
                settings.version,
                settings.environment,
                settings.variableFiles,
                settings.profiles,
                settings.publishAddress,
                settings.lenient));
    }

    /**
     * Names the version of the application, whatever the files say.
     *
     * @param value not blank; without it, what the file has as {@code x-cofferdam: {version: …}}, or else a hash of the content
     * @return the changed loader
     */
    public ComposeLoader version(String value) {
        Objects.requireNonNull(value, "version");
        return with(new Settings(
                settings.directory,
                settings.project,
                value,
                settings.environment,
                settings.variableFiles,
                settings.profiles,
                settings.publishAddress,
                settings.lenient));
    }

    /**
     * Sets the project's folder.
     *
     * @param folder the folder relative paths are taken from; that of the first file unless set
     * @return the changed loader
     */
    public ComposeLoader directory(Path folder) {
        Objects.requireNonNull(folder, "folder");
        return with(new Settings(
                folder,
                settings.project,
                settings.version,
                settings.environment,
                settings.variableFiles,
                settings.profiles,
                settings.publishAddress,
                settings.lenient));
    }

    /**
     * Sets the variables that win over those of files of variables.
     *
     * @param variables names and values; those of this process unless set
     * @return the changed loader
     */
    public ComposeLoader environment(Map<String, String> variables) {
        return with(new Settings(
                settings.directory,
                settings.project,
                settings.version,
                Map.copyOf(variables),
                settings.variableFiles,
                settings.profiles,
                settings.publishAddress,
                settings.lenient));
    }

    /**
     * Sets the files of variables.
     *
     * @param list each wins over those before it, and each has to exist; {@code .env} in the project's folder, if it exists, unless set
     * @return the changed loader
     */
    public ComposeLoader variableFiles(Path... list) {
        return with(new Settings(
                settings.directory,
                settings.project,
                settings.version,
                settings.environment,
                List.of(list),
                settings.profiles,
                settings.publishAddress,
                settings.lenient));
    }

    /**
     * Activates profiles. Services that belong to profiles, none of which is active, are left out.
     *
     * @param names the profiles, or {@code *} for all; those of the variable {@code COMPOSE_PROFILES} unless set
     * @return the changed loader
     */
    public ComposeLoader profiles(String... names) {
        return with(new Settings(
                settings.directory,
                settings.project,
                settings.version,
                settings.environment,
                settings.variableFiles,
                new LinkedHashSet<>(Arrays.asList(names)),
                settings.publishAddress,
                settings.lenient));
    }

    /**
     * Sets where ports are published that name no host address.
     *
     * @param address an address of this host; {@code 127.0.0.1} unless set
     * @return the changed loader
     */
    public ComposeLoader publishOn(String address) {
        Objects.requireNonNull(address, "address");
        return with(new Settings(
                settings.directory,
                settings.project,
                settings.version,
                settings.environment,
                settings.variableFiles,
                settings.profiles,
                address,
                settings.lenient));
    }

    /**
     * Passes over what is known but not supported, with a warning instead of an error.
     *
     * @return the changed loader
     */
    public ComposeLoader ignoringUnsupported() {
        return with(new Settings(
                settings.directory,
                settings.project,
                settings.version,
                settings.environment,
                settings.variableFiles,
                settings.profiles,
                settings.publishAddress,
                true));
    }

    /**
     * Reads the files.
     *
     * @return the application, with what else is worth knowing
     * @throws InvalidInputException with every problem of all files, each at {@code file:line:column}. After a mistake in a file's YAML the
     *     rest of that file cannot be read; its other problems show once the mistake is mended.
     */
    public LoadedApplication load() {
        Problems problems = new Problems(settings.lenient);
        Path first = files.get(0).toAbsolutePath().normalize();
        Path parent = Objects.requireNonNullElse(first.getParent(), first);
        Path base = settings.directory == null
                ? parent
                : settings.directory.toAbsolutePath().normalize();
        Path given = files.get(0).getParent();
        String shown = text != null || given == null ? "" : given + "/";
        ComposeFiles reader = new ComposeFiles(parent, shown, problems);
        Values values = new Values(problems);
        Map<String, String> variables = variables(reader, base, problems);
        Paths paths = new Paths(home(), problems);
        Tree.Mapping tree =
                new ProjectTree(reader, paths, values, problems).load(inputs(reader, base, variables), open());
        Application application = null;
        if (tree != null) {
            String project = project(tree, base, variables, values);
            application = new Loading(problems, values, reader, paths, project, settings.publishAddress, tree)
                    .read(settings.version, profiles(variables));
        }
        List<Problem> errors = problems.errors();
        if (application == null || !errors.isEmpty()) {
            throw new InvalidInputException(
                    "Compose file "
                            + files.stream().map(file -> "'" + file + "'").collect(Collectors.joining(", ")),
                    errors);
        }
        return new LoadedApplication(application, problems.warnings(), reader.read());
    }

    private List<ProjectTree.Input> inputs(ComposeFiles reader, Path base, Map<String, String> variables) {
        List<ProjectTree.Input> inputs = new ArrayList<>();
        for (Path file : files) {
            Source source = reader.source(text == null ? file.toString() : "compose.yaml", base, variables);
            String content = text == null
                    ? reader.text(file.toAbsolutePath().normalize(), new Place(source, 1, 1), "the Compose file", true)
                    : bounded(reader, text, source);
            if (content != null) {
                inputs.add(new ProjectTree.Input(content, source));
            }
        }
        return inputs;
    }

    private static @Nullable String bounded(ComposeFiles reader, String text, Source source) {
        return text.length() > ComposeFiles.LARGEST ? reader.tooLarge(new Place(source, 1, 1)) : text;
    }

    private Set<Path> open() {
        Set<Path> open = new LinkedHashSet<>();
        files.forEach(file -> open.add(file.toAbsolutePath().normalize()));
        return open;
    }

    private Map<String, String> variables(ComposeFiles reader, Path base, Problems problems) {
        Map<String, String> all = new LinkedHashMap<>();
        boolean usual = settings.variableFiles == null;
        List<Path> list = usual ? List.of(base.resolve(".env")) : Objects.requireNonNull(settings.variableFiles);
        for (Path file : list) {
            Path absolute = file.toAbsolutePath().normalize();
            Source source = reader.source(absolute, settings.environment);
            String content = reader.text(absolute, new Place(source, 1, 1), "the file of variables", !usual);
            if (content != null) {
                Map<String, String> outer = new LinkedHashMap<>(all);
                outer.putAll(settings.environment);
                all.putAll(VariableFile.read(content, source, outer, problems));
            }
        }
        all.putAll(settings.environment);
        return all;
    }

    private String project(Tree.Mapping tree, Path base, Map<String, String> variables, Values values) {
        if (settings.project != null) {
            return settings.project;
        }
        String variable = variables.get("COMPOSE_PROJECT_NAME");
        if (variable != null && !variable.isBlank()) {
            return variable;
        }
        Tree name = tree.get("name");
        String named = name == null ? null : values.text(name);
        if (named != null) {
            return Text.name(named).isEmpty() ? named : Text.name(named);
        }
        Path folder = base.getFileName();
        String made = folder == null ? "" : Text.name(folder.toString());
        return made.isEmpty() ? DEFAULT_NAME : made;
    }

    private Set<String> profiles(Map<String, String> variables) {
        if (!settings.profiles.isEmpty()) {
            return settings.profiles;
        }
        String variable = variables.getOrDefault("COMPOSE_PROFILES", "");
        return Arrays.stream(variable.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .collect(Collectors.toSet());
    }

    private Path home() {
        return Path.of(settings.environment.getOrDefault("HOME", System.getProperty("user.home", "/")))
                .toAbsolutePath();
    }

    private ComposeLoader with(Settings changed) {
        return new ComposeLoader(files, text, changed);
    }

    /** The files, without any variable. */
    @Override
    public String toString() {
        return "ComposeLoader[files=" + files + ", project=" + settings.project + ", profiles=" + settings.profiles
                + "]";
    }
}
