package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LabelSelector;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which unused images to remove. Images that a container uses are never among them. Immutable; each {@code with} method
 * makes a changed copy.
 */
@Experimental
public final class ImagePrune {

    private final boolean named;

    @Nullable
    private final Duration olderThan;

    private final LabelSelector labels;

    private ImagePrune(boolean named, @Nullable Duration olderThan, LabelSelector labels) {
        this.named = named;
        this.olderThan = olderThan;
        this.labels = Objects.requireNonNull(labels, "labels");
    }

    /**
     * Images without a name that no container uses.
     *
     * @return the specification
     */
    public static ImagePrune dangling() {
        return new ImagePrune(false, null, LabelSelector.all());
    }

    /**
     * All images that no container uses, those with a name included, whoever made them.
     *
     * @return the specification
     */
    public static ImagePrune unused() {
        return new ImagePrune(true, null, LabelSelector.all());
    }

    /**
     * Only those that were made longer ago.
     *
     * @param age at least a second; parts of a second are cut off
     * @return the changed copy
     * @throws IllegalArgumentException if it is shorter
     */
    public ImagePrune withOlderThan(Duration age) {
        if (age.toSeconds() < 1) {
            throw new IllegalArgumentException("the age of images to remove must be at least a second, not " + age);
        }
        return new ImagePrune(named, age, labels);
    }

    /**
     * Only those with some labels.
     *
     * @param selector the labels
     * @return the changed copy
     */
    public ImagePrune withLabels(LabelSelector selector) {
        return new ImagePrune(named, olderThan, selector);
    }

    /**
     * Whether images with a name are removed, too.
     *
     * @return true for {@link #unused()}
     */
    public boolean includesNamed() {
        return named;
    }

    /**
     * How old they have to be.
     *
     * @return empty for any age
     */
    public Optional<Duration> olderThan() {
        return Optional.ofNullable(olderThan);
    }

    /**
     * The labels they have to carry.
     *
     * @return picks everything unless set
     */
    public LabelSelector labels() {
        return labels;
    }

    @Override
    public String toString() {
        return "ImagePrune[" + (named ? "unused" : "dangling") + (olderThan == null ? "" : ", older than " + olderThan)
                + (labels.required().isEmpty() ? "" : ", " + labels) + "]";
    }
}
