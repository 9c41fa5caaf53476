package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LabelSelector;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which images to list. Immutable; each {@code with} method makes a changed copy. */
@Experimental
public final class ImageQuery {

    private static final ImageQuery TAGGED = new ImageQuery(null, LabelSelector.all(), false);

    @Nullable
    private final String reference;

    private final LabelSelector labels;
    private final boolean dangling;

    private ImageQuery(@Nullable String reference, LabelSelector labels, boolean dangling) {
        this.reference = reference;
        this.labels = Objects.requireNonNull(labels, "labels");
        this.dangling = dangling;
    }

    /**
     * All images with a name.
     *
     * @return the query
     */
    public static ImageQuery tagged() {
        return TAGGED;
    }

    /**
     * Images that have lost their names, as a build leaves its predecessor; without what builds keep for their cache.
     *
     * @return the query
     */
    public static ImageQuery dangling() {
        return new ImageQuery(null, LabelSelector.all(), true);
    }

    /**
     * Only those of a name.
     *
     * @param pattern a name with or without a tag, in which {@code *} and {@code ?} stand for parts without a slash:
     *     {@code shop/*:2}
     * @return the changed copy
     */
    public ImageQuery withReference(String pattern) {
        return new ImageQuery(Objects.requireNonNull(pattern, "pattern"), labels, dangling);
    }

    /**
     * Only those with some labels.
     *
     * @param selector the labels
     * @return the changed copy
     */
    public ImageQuery withLabels(LabelSelector selector) {
        return new ImageQuery(reference, selector, dangling);
    }

    /**
     * The pattern of names.
     *
     * @return empty for any
     */
    public Optional<String> reference() {
        return Optional.ofNullable(reference);
    }

    /**
     * The labels.
     *
     * @return picks everything unless set
     */
    public LabelSelector labels() {
        return labels;
    }

    /**
     * Whether images without a name are asked for, and not those with one.
     *
     * @return true for {@link #dangling()}
     */
    public boolean isDangling() {
        return dangling;
    }

    @Override
    public String toString() {
        return "ImageQuery[" + (dangling ? "dangling" : "tagged") + (reference == null ? "" : ", " + reference)
                + (labels.required().isEmpty() ? "" : ", " + labels) + "]";
    }
}
