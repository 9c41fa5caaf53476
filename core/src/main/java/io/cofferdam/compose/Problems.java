package io.cofferdam.compose;

import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Collects what is wrong, and what is only worth knowing, wherever in a load it is found. */
final class Problems {

    private record Found(Place place, Problem problem) {}

    private final boolean lenient;
    private final List<Found> errors = new ArrayList<>();
    private final List<Found> warnings = new ArrayList<>();

    Problems(boolean lenient) {
        this.lenient = lenient;
    }

    void add(Place place, String what) {
        add(place, what, "");
    }

    void add(Place place, String what, String remedy) {
        errors.add(found(place, what, remedy));
    }

    void warn(Place place, String what, String remedy) {
        warnings.add(found(place, what, remedy));
    }

    /** Tells of something that may only follow from what was told of this line already. */
    void addUnlessTold(Place place, String what, String remedy) {
        boolean told = errors.stream()
                .anyMatch(each ->
                        each.place.source().index() == place.source().index() && each.place.line() == place.line());
        if (!told) {
            add(place, what, remedy);
        }
    }

    /** Something the file asks for that cannot be done: an error, unless the caller wants to go on without it. */
    void unsupported(Place place, String what, String remedy) {
        if (lenient) {
            warn(place, what, "it is passed over");
        } else {
            add(place, what, remedy);
        }
    }

    boolean none() {
        return errors.isEmpty();
    }

    List<Problem> errors() {
        return sorted(errors);
    }

    List<Problem> warnings() {
        return sorted(warnings);
    }

    private static List<Problem> sorted(List<Found> found) {
        return List.copyOf(new LinkedHashSet<>(found.stream()
                .sorted(Comparator.comparing(Found::place, Place.ORDER))
                .map(Found::problem)
                .toList()));
    }

    private static Found found(Place place, String what, String remedy) {
        return new Found(place, new Problem(place.toString(), what, remedy));
    }
}
