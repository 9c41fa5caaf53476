package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Which image to fetch, and how. Immutable; each {@code with} method makes a changed copy.
 *
 * <pre>{@code
 * Image redis = images.pull(PullSpec.of("redis:7").withPlatform("linux/arm64").onProgress(System.out::println));
 * }</pre>
 */
@Experimental
public final class PullSpec {

    private final String reference;

    @Nullable
    private final String platform;

    @Nullable
    private final RegistryCredentials credentials;

    private final Consumer<LayerProgress> progress;

    private PullSpec(
            String reference,
            @Nullable String platform,
            @Nullable RegistryCredentials credentials,
            Consumer<LayerProgress> progress) {
        this.reference = Objects.requireNonNull(reference, "reference");
        this.platform = platform;
        this.credentials = credentials;
        this.progress = Objects.requireNonNull(progress, "progress");
    }

    /**
     * An image for the engine's own platform, with the login that is configured.
     *
     * @param reference a name such as {@code redis:7} or {@code registry.example/shop/web@sha256:…}
     * @return the specification
     */
    public static PullSpec of(String reference) {
        return new PullSpec(reference, null, null, PullSpec::tellNobody);
    }

    private static void tellNobody(LayerProgress progress) {}

    /**
     * Another image, everything else the same.
     *
     * @param name a name such as {@code redis:7}
     * @return the changed copy
     */
    public PullSpec withReference(String name) {
        return new PullSpec(name, platform, credentials, progress);
    }

    /**
     * For a platform. Needs {@link io.cofferdam.engine.Capability#IMAGE_PLATFORMS}.
     *
     * @param value operating system, architecture and variant, such as {@code linux/arm64/v8}
     * @return the changed copy
     */
    public PullSpec withPlatform(String value) {
        return new PullSpec(reference, Objects.requireNonNull(value, "platform"), credentials, progress);
    }

    /**
     * With a login, instead of the one that is configured.
     *
     * @param login the login
     * @return the changed copy
     */
    public PullSpec withCredentials(RegistryCredentials login) {
        return new PullSpec(reference, platform, Objects.requireNonNull(login, "credentials"), progress);
    }

    /**
     * Tells how far each layer is.
     *
     * @param consumer called with one value after the other on a thread of its own, never after the pull has returned. A
     *     slow one loses the oldest values, and what it throws is logged: neither disturbs the pull
     * @return the changed copy
     */
    public PullSpec onProgress(Consumer<LayerProgress> consumer) {
        return new PullSpec(reference, platform, credentials, consumer);
    }

    /**
     * The image.
     *
     * @return its name
     */
    public String reference() {
        return reference;
    }

    /**
     * The platform.
     *
     * @return empty for the engine's own
     */
    public Optional<String> platform() {
        return Optional.ofNullable(platform);
    }

    /**
     * The login to use.
     *
     * @return empty for the one that is configured
     */
    public Optional<RegistryCredentials> credentials() {
        return Optional.ofNullable(credentials);
    }

    /**
     * Who is told how far each layer is.
     *
     * @return does nothing unless set
     */
    public Consumer<LayerProgress> progress() {
        return progress;
    }

    /** The image and the platform. */
    @Override
    public String toString() {
        return "PullSpec[" + reference + (platform == null ? "" : ", " + platform) + "]";
    }
}
