package io.cofferdam.internal.yaml;

import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

/** Collects what is wrong, and what is only worth knowing, wherever in a load it is found. */
public final class Problems {

    private record Found(Place place, Problem problem) {}

    private final boolean lenient;
    private final List<Found> errors = new ArrayList<>();
    private final List<Found> warnings = new ArrayList<>();

    public Problems(boolean lenient) {
        this.lenient = lenient;
    }

    public void add(Place place, String what) {
        add(place, what, "");
    }

    public void add(Place place, String what, String remedy) {
        errors.add(found(place, what, remedy));
    }

    public void warn(Place place, String what, String remedy) {
        warnings.add(found(place, what, remedy));
    }

    /** Tells of something that may only follow from what was told of this line already. */
    public void addUnlessTold(Place place, String what, String remedy) {
        boolean told = errors.stream()
                .anyMatch(each ->
                        each.place.source().index() == place.source().index() && each.place.line() == place.line());
        if (!told) {
            add(place, what, remedy);
        }
    }

    /** Something the file asks for that cannot be done: an error, unless the caller wants to go on without it. */
    public void unsupported(Place place, String what, String remedy) {
        if (lenient) {
            warn(place, what, "it is passed over");
        } else {
            add(place, what, remedy);
        }
    }

    public boolean none() {
        return errors.isEmpty();
    }

    public List<Problem> errors() {
        return sorted(errors);
    }

    public List<Problem> warnings() {
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
