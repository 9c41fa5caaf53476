package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Which image to send to its registry, and how. Immutable; each {@code with} method makes a changed copy. */
@Experimental
public final class PushSpec {

    private final String reference;

    @Nullable
    private final RegistryCredentials credentials;

    private final Consumer<LayerProgress> progress;

    private PushSpec(String reference, @Nullable RegistryCredentials credentials, Consumer<LayerProgress> progress) {
        this.reference = Objects.requireNonNull(reference, "reference");
        this.credentials = credentials;
        this.progress = Objects.requireNonNull(progress, "progress");
    }

    /**
     * An image the engine has, with the login that is configured.
     *
     * @param reference a name with its registry and tag, such as {@code registry.example/shop/web:2}; without a tag
     *     {@code latest}
     * @return the specification
     */
    public static PushSpec of(String reference) {
        return new PushSpec(reference, null, PushSpec::tellNobody);
    }

    private static void tellNobody(LayerProgress progress) {}

    /**
     * Another image, everything else the same.
     *
     * @param name a name with its registry and tag
     * @return the changed copy
     */
    public PushSpec withReference(String name) {
        return new PushSpec(name, credentials, progress);
    }

    /**
     * With a login, instead of the one that is configured.
     *
     * @param login the login
     * @return the changed copy
     */
    public PushSpec withCredentials(RegistryCredentials login) {
        return new PushSpec(reference, Objects.requireNonNull(login, "credentials"), progress);
    }

    /**
     * Tells how far each layer is.
     *
     * @param consumer called with one value after the other on a thread of its own, never after the push has returned. A
     *     slow one loses the oldest values, and what it throws is logged: neither disturbs the push
     * @return the changed copy
     */
    public PushSpec onProgress(Consumer<LayerProgress> consumer) {
        return new PushSpec(reference, credentials, consumer);
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

    /** The image. */
    @Override
    public String toString() {
        return "PushSpec[" + reference + "]";
    }
}
