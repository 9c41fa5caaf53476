package io.cofferdam.internal.yaml;

import java.util.Comparator;

/**
 * Where something is written.
 *
 * @param source in which file
 * @param line its line, from 1
 * @param column its column, from 1
 */
public record Place(Source source, int line, int column) {

    public static final Comparator<Place> ORDER = Comparator.comparingInt((Place place) -> place.source.index())
            .thenComparingInt(Place::line)
            .thenComparingInt(Place::column);

    @Override
    public String toString() {
        return source.shown() + ":" + line + ":" + column;
    }
}
