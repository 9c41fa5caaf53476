package io.cofferdam.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.application.Service;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Loads text as the tests do. */
final class Composed {

    static final Path FOLDER = Path.of("/srv/shop");

    private Composed() {}

    static ComposeLoader loader(String yaml) {
        return ComposeLoader.ofText(yaml, FOLDER).environment(Map.of("HOME", "/home/me", "TAG", "7", "EMPTY", ""));
    }

    static LoadedApplication load(String yaml) {
        return loader(yaml).load();
    }

    /** A file with one service 'web', whose fields these lines are. */
    static String file(String fields) {
        return "services:\n  web:\n    image: web\n" + fields.stripTrailing().indent(4);
    }

    /** The service 'web' that has these fields besides an image. */
    static Service web(String fields) {
        return load(file(fields)).application().service("web").orElseThrow();
    }

    static List<String> problems(String yaml) {
        return problems(loader(yaml));
    }

    static List<String> problems(ComposeLoader loader) {
        InvalidInputException wrong = catchThrowableOfType(InvalidInputException.class, loader::load);
        assertThat(wrong).as("a file with problems").isNotNull();
        return wrong.problems().stream().map(Problem::toString).toList();
    }

    static List<String> warnings(String yaml) {
        return load(yaml).warnings().stream().map(Problem::toString).toList();
    }
}
