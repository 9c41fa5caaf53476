package io.cofferdam.pipeline;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems, each at the place where its path is written. */
final class Findings implements Trouble {

    private final Problems placed = new Problems(false);
    private final Set<Problem> others = new LinkedHashSet<>();
    private Places places = Places.none();

    Problems placed() {
        return placed;
    }

    void places(Places value) {
        this.places = value;
    }

    @Override
    public void at(String path, String what, String remedy) {
        Place place = places.of(path);
        if (place == null) {
            others.add(new Problem(path.isEmpty() ? "pipeline" : path.replace(Places.KEY, ""), what, remedy));
        } else {
            placed.add(place, what, remedy);
        }
    }

    boolean none() {
        return placed.none() && others.isEmpty();
    }

    /** What was found, in the order of the file. */
    List<Problem> problems() {
        List<Problem> all = new ArrayList<>(placed.errors());
        all.addAll(others);
        return all;
    }

    void throwIfAny(String subject) {
        if (!none()) {
            throw new InvalidInputException(subject, problems());
        }
    }
}
