package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What to run and how to connect to it: a specification for engines with images, perhaps another for processes, credentials and the
 * forms of its URIs. Immutable; {@link Presets} has those of well-known software.
 *
 * <pre>{@code
 * Preset database = Presets.postgresql("postgres:15").withDatabase("shop").with(spec -> spec.memory("256m"));
 * Preset own = Preset.of(EnvironmentSpec.image("shop/queue:2").port(7000).build()).withUri("queue://{host}:{port}");
 * }</pre>
 */
@Experimental
public final class Preset {

    /** What it is made of, for given credentials; each call of a test run makes one environment from it. */
    @FunctionalInterface
    interface Recipe {
        EnvironmentSpec.Builder make(Preset preset, Capabilities capabilities);
    }

    private final String title;
    private final Recipe images;

    @Nullable
    private final Recipe processes;

    private final String image;
    private final String username;
    private final String password;
    private final String database;
    private final String uri;
    private final String jdbcUrl;
    private final List<UnaryOperator<EnvironmentSpec.Builder>> changes;

    @Nullable
    private final DataReset dataReset;

    private Preset(Parts parts) {
        title = parts.title;
        images = parts.images;
        processes = parts.processes;
        image = parts.image;
        username = parts.username;
        password = parts.password;
        database = parts.database;
        uri = parts.uri;
        jdbcUrl = parts.jdbcUrl;
        changes = List.copyOf(parts.changes);
        dataReset = parts.dataReset;
    }

    /** The parts of a preset while it is made. */
    static final class Parts {
        final String title;
        final Recipe images;

        @Nullable
        Recipe processes;

        String image = "";
        String username = "";
        String password = "";
        String database = "";
        String uri = "";
        String jdbcUrl = "";
        List<UnaryOperator<EnvironmentSpec.Builder>> changes = new ArrayList<>();

        @Nullable
        DataReset dataReset;

        Parts(String title, Recipe images) {
            this.title = title;
            this.images = images;
        }

        private Parts(Preset from) {
            title = from.title;
            images = from.images;
            processes = from.processes;
            image = from.image;
            username = from.username;
            password = from.password;
            database = from.database;
            uri = from.uri;
            jdbcUrl = from.jdbcUrl;
            changes = new ArrayList<>(from.changes);
            dataReset = from.dataReset;
        }

        Preset make() {
            return new Preset(this);
        }
    }

    /**
     * A preset of a specification.
     *
     * @param spec what to run on every engine; its name and its stack are given by the test
     * @return a preset without credentials
     */
    public static Preset of(EnvironmentSpec spec) {
        Objects.requireNonNull(spec, "spec");
        Parts parts = new Parts(spec.image().orElse("environment"), (preset, capabilities) -> {
            EnvironmentSpec.Builder builder = spec.toBuilder();
            return spec.image().isPresent() && !preset.image.isEmpty() ? builder.withImage(preset.image) : builder;
        });
        parts.image = spec.image().orElse("");
        return parts.make();
    }

    /**
     * The same preset with another specification for engines without images.
     *
     * @param spec what to run there
     * @return the new preset
     */
    public Preset withProcess(EnvironmentSpec spec) {
        Objects.requireNonNull(spec, "spec");
        Parts parts = new Parts(this);
        parts.processes = (preset, capabilities) -> spec.toBuilder();
        return parts.make();
    }

    /**
     * The same preset with another image of the same software.
     *
     * @param reference for example {@code mirror.example/postgres:16}
     * @return the new preset
     */
    public Preset withImage(String reference) {
        Parts parts = new Parts(this);
        parts.image = Objects.requireNonNull(reference, "reference");
        return parts.make();
    }

    /**
     * The same preset with another user and password. Of a preset that {@link Presets} made the software is told of them too.
     *
     * @param user the user
     * @param secret the password
     * @return the new preset
     */
    public Preset withCredentials(String user, String secret) {
        Parts parts = new Parts(this);
        parts.username = Objects.requireNonNull(user, "user");
        parts.password = Objects.requireNonNull(secret, "secret");
        return parts.make();
    }

    /**
     * The same preset with another database. Of a preset that {@link Presets} made the software makes it when it starts.
     *
     * @param name its name
     * @return the new preset
     */
    public Preset withDatabase(String name) {
        Parts parts = new Parts(this);
        parts.database = Objects.requireNonNull(name, "name");
        return parts.make();
    }

    /**
     * The same preset with another form of the URI to connect with.
     *
     * @param form a URI in which <code>{host}</code>, <code>{port}</code>, <code>{user}</code>, <code>{password}</code> and
     *     <code>{database}</code> stand for what they say
     * @return the new preset
     */
    public Preset withUri(String form) {
        Parts parts = new Parts(this);
        parts.uri = Objects.requireNonNull(form, "form");
        return parts.make();
    }

    /**
     * The same preset with another form of the JDBC URL.
     *
     * @param form as {@link #withUri} takes it, without credentials
     * @return the new preset
     */
    public Preset withJdbcUrl(String form) {
        Parts parts = new Parts(this);
        parts.jdbcUrl = Objects.requireNonNull(form, "form");
        return parts.make();
    }

    /**
     * The same preset with something changed in what is run, on every engine.
     *
     * @param change gets the builder and returns it, changed
     * @return the new preset
     */
    public Preset with(UnaryOperator<EnvironmentSpec.Builder> change) {
        Parts parts = new Parts(this);
        parts.changes.add(Objects.requireNonNull(change, "change"));
        return parts.make();
    }

    /**
     * The image.
     *
     * @return empty if it has none
     */
    public String image() {
        return image;
    }

    /**
     * The user to connect as.
     *
     * @return empty if there is none
     */
    public String username() {
        return username;
    }

    /**
     * The password to connect with.
     *
     * @return empty if there is none
     */
    public String password() {
        return password;
    }

    /**
     * The database to connect to.
     *
     * @return empty if there is none
     */
    public String database() {
        return database;
    }

    /**
     * What to run on an engine.
     *
     * @param capabilities what the engine can do
     * @return the specification, without a name
     */
    public EnvironmentSpec spec(Capabilities capabilities) {
        Recipe recipe = processes != null && !capabilities.has(Capability.IMAGES) ? processes : images;
        EnvironmentSpec.Builder builder = recipe.make(this, capabilities);
        for (UnaryOperator<EnvironmentSpec.Builder> change : changes) {
            builder = Objects.requireNonNull(change.apply(builder), "a change of a preset returned null");
        }
        return builder.build();
    }

    /**
     * How to connect to an environment that was made from this preset.
     *
     * @param name the name to show for it
     * @param environment the environment, which runs
     * @return address, credentials and URIs of its first published port
     * @throws InvalidInputException if it publishes no port
     */
    public ConnectionDetails connection(String name, IsolatedEnvironment environment) {
        return connection(name, environment.endpoint(firstPort(name, environment.spec())));
    }

    ConnectionDetails connection(String name, Endpoint endpoint) {
        URI address = uri.isEmpty() ? endpoint.uri("tcp") : URI.create(filled(uri, endpoint));
        return new ConnectionDetails(name, endpoint, address, filled(jdbcUrl, endpoint), username, password, database);
    }

    static int firstPort(String name, EnvironmentSpec spec) {
        if (spec.ports().isEmpty()) {
            throw new InvalidInputException(
                    "environment '" + name + "'",
                    List.of(new Problem(
                            "ports",
                            "it publishes no port to connect to",
                            "add .port(…) to its specification, or ports = … to @Environment")));
        }
        return spec.ports().get(0).port();
    }

    boolean hasUri() {
        return !uri.isEmpty();
    }

    String jdbcUrl() {
        return jdbcUrl;
    }

    @Nullable
    DataReset dataReset() {
        return dataReset;
    }

    private String filled(String form, Endpoint endpoint) {
        String host = endpoint.host().indexOf(':') >= 0 ? "[" + endpoint.host() + "]" : endpoint.host();
        return form.replace("{host}", host)
                .replace("{port}", String.valueOf(endpoint.hostPort()))
                .replace("{user}", encoded(username))
                .replace("{password}", encoded(password))
                .replace("{database}", encoded(database));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** What it is of; no credentials. */
    @Override
    public String toString() {
        return "Preset[" + title + (image.isEmpty() || image.equals(title) ? "" : ", " + image) + "]";
    }
}
