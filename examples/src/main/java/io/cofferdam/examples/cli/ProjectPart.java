package io.cofferdam.examples.cli;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Optional;

/**
 * A project that was deployed, or a part of it.
 *
 * @param project the project
 * @param target a service, {@code service/ordinal} or the name of an instance's environment; empty for all
 */
record ProjectPart(String project, String target) {

    /**
     * What a name with a slash, or the name of a project, stands for. A project comes before an environment of its name.
     *
     * @param names the names of a command line
     * @param projects the projects there are
     * @return empty if the names are those of environments
     * @throws InvalidInputException if there are both
     */
    static Optional<ProjectPart> among(List<String> names, Projects projects) {
        List<String> found = names.stream()
                .filter(name -> name.contains("/") || projects.has(name))
                .toList();
        if (found.isEmpty()) {
            return Optional.empty();
        }
        if (names.size() > 1) {
            throw new InvalidInputException(
                    "the names",
                    List.of(new Problem(
                            found.get(0), "it is a project that was deployed", "give one project at a time")));
        }
        String[] parts = found.get(0).split("/", 2);
        return Optional.of(new ProjectPart(parts[0], parts.length > 1 ? parts[1] : ""));
    }

    @Override
    public String toString() {
        return target.isEmpty() ? project : project + "/" + target;
    }
}
