package io.cofferdam.compose;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * What came of Compose files.
 *
 * @param application the application
 * @param warnings what is passed over because it changes little, and variables that are not set, each with its place; in the order of the
 *     files
 * @param files the files that were read, those of variables, secrets and configs included
 */
@Experimental
public record LoadedApplication(Application application, List<Problem> warnings, List<Path> files) {

    public LoadedApplication {
        Objects.requireNonNull(application, "application");
        warnings = List.copyOf(warnings);
        files = List.copyOf(files);
    }
}
