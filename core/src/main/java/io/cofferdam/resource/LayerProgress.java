package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * How far one layer of an image is on its way to or from a registry.
 *
 * @param image the image, as the engine was asked for it
 * @param layer the layer's short identifier
 * @param phase what is being done with it
 * @param current bytes moved in this phase; 0 if the engine does not tell
 * @param total bytes to move in this phase; 0 if the engine does not tell
 */
@Experimental
public record LayerProgress(String image, String layer, Phase phase, long current, long total) {

    /** What is being done with a layer. */
    public enum Phase {
        /** It waits for its turn. */
        WAITING(false),
        /** It comes from the registry. */
        DOWNLOADING(false),
        /** It failed to come and is asked for again in a while. */
        RETRYING(false),
        /** Its content is compared with its digest. */
        VERIFYING(false),
        /** It has come, and is not unpacked yet. */
        DOWNLOADED(false),
        /** It is unpacked. */
        EXTRACTING(false),
        /** It goes to the registry. */
        PUSHING(false),
        /** It is where it was to go. */
        DONE(true),
        /** It was there already. */
        PRESENT(true);

        private final boolean last;

        Phase(boolean last) {
            this.last = last;
        }

        /**
         * Whether nothing more is to be done for the layer.
         *
         * @return true for {@link #DONE} and {@link #PRESENT}
         */
        public boolean isLast() {
            return last;
        }
    }

    public LayerProgress {
        Objects.requireNonNull(image, "image");
        Objects.requireNonNull(layer, "layer");
        Objects.requireNonNull(phase, "phase");
    }
}
