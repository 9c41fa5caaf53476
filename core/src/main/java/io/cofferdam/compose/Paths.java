package io.cofferdam.compose;

import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Makes absolute paths of what files say. */
final class Paths {

    private final Path home;
    private final Problems problems;

    Paths(Path home, Problems problems) {
        this.home = home;
        this.problems = problems;
    }

    /** A path, relative ones from the folder of the file it is written in, {@code ~} being the user's own. */
    Path resolve(String text, Place place) {
        Path base = place.source().base();
        try {
            if (text.equals("~") || text.startsWith("~/")) {
                return home.resolve(text.length() < 3 ? "." : text.substring(2)).normalize();
            }
            return base.resolve(text).toAbsolutePath().normalize();
        } catch (InvalidPathException wrong) {
            problems.add(place, "this is no path: " + wrong.getReason());
            return base;
        }
    }
}
