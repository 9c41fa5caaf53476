package io.cofferdam.driver;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** Turns the image names that callers use into those the engine is asked for. */
final class ImageNames {

    /** The forms in which engines show identifiers. A name of the same form would be taken for one by the engine, too. */
    private static final Pattern IDENTIFIER = Pattern.compile("sha256:[0-9a-f]{64}|[0-9a-f]{64}|[0-9a-f]{12}");

    private final EngineConfig config;

    ImageNames(EngineConfig config) {
        this.config = config;
    }

    /**
     * The name with substitution and default registry applied.
     *
     * @throws InvalidInputException if the substitution fails
     */
    String resolve(String name) {
        if (IDENTIFIER.matcher(name).matches()) {
            return name;
        }
        String substituted =
                config.imageNames().map(hook -> substitute(hook, name)).orElse(name);
        return config.defaultRegistry()
                .filter(registry -> !namesRegistry(substituted))
                .map(registry -> registry + "/" + substituted)
                .orElse(substituted);
    }

    private static String substitute(UnaryOperator<String> hook, String name) {
        String result;
        try {
            result = hook.apply(name);
        } catch (RuntimeException failed) {
            InvalidInputException invalid = invalid(name, "the configured substitution of names failed: " + failed);
            invalid.initCause(failed);
            throw invalid;
        }
        if (result == null || result.isBlank()) {
            throw invalid(name, "the configured substitution of names gave no name for it");
        }
        return result;
    }

    private static InvalidInputException invalid(String name, String what) {
        return new InvalidInputException("image '" + name + "'", List.of(Problem.at("image", what)));
    }

    /** What stands before the first slash is a registry if it could not be a part of a repository's name. */
    static boolean namesRegistry(String name) {
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        return first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
    }
}
