package io.cofferdam.compose;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.application.Content;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.internal.yaml.Emitter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Writes an {@link Application} as a Compose file with nothing left to resolve: no variables, short forms or relative paths. The same
 * application always gives the same text. What the specification has no words for is written below {@code x-cofferdam}.
 */
@Experimental
public final class ComposeWriter {

    private static final String HIDDEN = "***";

    private final boolean secrets;

    private ComposeWriter(boolean secrets) {
        this.secrets = secrets;
    }

    /**
     * Writes an application for people: where the value of a secret would be there is {@code ***}.
     *
     * @param application what to write
     * @return a Compose file
     */
    public static String write(Application application) {
        return Emitter.yaml(new ComposeWriter(false).file(application), true);
    }

    /**
     * Writes an application completely, values of secrets included. {@link ComposeLoader} makes an equal application of it, if files and
     * variables that secrets and configs came from are as they were, and all profiles are active.
     *
     * @param application what to write
     * @return a Compose file, to be kept as carefully as its secrets
     */
    public static String writeWithSecrets(Application application) {
        return Emitter.yaml(new ComposeWriter(true).file(application), true);
    }

    /**
     * The same as {@link #write} as plain data, for other formats.
     *
     * @param application what to write
     * @return maps, lists, strings, numbers, truth values and nulls
     */
    public static Map<String, @Nullable Object> document(Application application) {
        return new ComposeWriter(false).file(application);
    }

    private Map<String, @Nullable Object> file(Application application) {
        Map<String, @Nullable Object> file = new LinkedHashMap<>();
        file.put("name", application.project());
        Map<String, @Nullable Object> services = new LinkedHashMap<>();
        application
                .services()
                .forEach(service -> services.put(service.name(), new ServiceWriter(secrets).write(service)));
        file.put("services", services);
        Map<String, @Nullable Object> networks = new LinkedHashMap<>();
        application.networks().forEach((name, network) -> networks.put(name, network(network)));
        put(file, "networks", networks);
        Map<String, @Nullable Object> volumes = new LinkedHashMap<>();
        application.volumes().forEach((name, volume) -> volumes.put(name, volume(volume)));
        put(file, "volumes", volumes);
        Map<String, @Nullable Object> secretFiles = new LinkedHashMap<>();
        application
                .secrets()
                .forEach((name, secret) -> secretFiles.put(name, content(secret.content(), secret.labels(), !secrets)));
        put(file, "secrets", secretFiles);
        Map<String, @Nullable Object> configs = new LinkedHashMap<>();
        application
                .configs()
                .forEach((name, config) -> configs.put(name, content(config.content(), config.labels(), false)));
        put(file, "configs", configs);
        Map<String, @Nullable Object> own = new LinkedHashMap<>();
        own.put("version", application.version());
        put(own, "labels", new LinkedHashMap<>(application.labels()));
        file.put("x-cofferdam", own);
        file.putAll(application.extensions());
        return file;
    }

    private static Map<String, @Nullable Object> network(NetworkDefinition network) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        network.givenName().ifPresent(name -> fields.put("name", name));
        if (network.external()) {
            fields.put("external", true);
        }
        if (network.internal()) {
            fields.put("internal", true);
        }
        network.subnet().ifPresent(range -> fields.put("ipam", Map.of("config", List.of(Map.of("subnet", range)))));
        put(fields, "labels", new TreeMap<>(network.labels()));
        return fields;
    }

    private static Map<String, @Nullable Object> volume(VolumeDefinition volume) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        volume.givenName().ifPresent(name -> fields.put("name", name));
        if (volume.external()) {
            fields.put("external", true);
        }
        put(fields, "labels", new TreeMap<>(volume.labels()));
        return fields;
    }

    private static Map<String, @Nullable Object> content(Content content, Map<String, String> labels, boolean hidden) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        String source = content.source().orElse("");
        switch (content.origin()) {
            case FILE -> fields.put("file", source);
            case VARIABLE -> fields.put("environment", source);
            case EXTERNAL -> {
                fields.put("name", source);
                fields.put("external", true);
            }
            case INLINE -> inline(content.bytes(), hidden, fields);
        }
        put(fields, "labels", new TreeMap<>(labels));
        return fields;
    }

    /** Bytes that are no text are written in the other alphabet there is for them. */
    private static void inline(byte[] bytes, boolean hidden, Map<String, @Nullable Object> fields) {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (hidden) {
            fields.put("content", HIDDEN);
        } else if (Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes)) {
            fields.put("content", text);
        } else {
            fields.put("x-cofferdam-base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static void put(Map<String, @Nullable Object> fields, String key, Map<String, ?> value) {
        if (!value.isEmpty()) {
            fields.put(key, value);
        }
    }
}
