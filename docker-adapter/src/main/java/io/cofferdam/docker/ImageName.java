package io.cofferdam.docker;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;

/**
 * A name in its parts.
 *
 * @param repository registry and path
 * @param tag the tag, or the digest; empty if there is neither
 */
record ImageName(String repository, String tag) {

    /** How the engine and its client call the registry of names without one. */
    static final String HUB = "docker.io";

    /** Takes a name apart; nothing is added. */
    static ImageName parse(String reference) {
        String name = checked(reference);
        int at = name.indexOf('@');
        int colon = name.lastIndexOf(':', at < 0 ? name.length() : at);
        boolean tagged = colon > name.lastIndexOf('/', at < 0 ? name.length() : at);
        if (at >= 0) {
            return new ImageName(name.substring(0, tagged ? colon : at), name.substring(at + 1));
        }
        return tagged ? new ImageName(name.substring(0, colon), name.substring(colon + 1)) : new ImageName(name, "");
    }

    /** With the tag that is meant where none is given. */
    ImageName orLatest() {
        return tag.isEmpty() ? new ImageName(repository, "latest") : this;
    }

    boolean isDigest() {
        return tag.indexOf(':') >= 0;
    }

    /** The registry, as host and port. */
    String registry() {
        int slash = repository.indexOf('/');
        String first = slash < 0 ? "" : repository.substring(0, slash);
        boolean named = first.indexOf('.') >= 0 || first.indexOf(':') >= 0 || first.equals("localhost");
        return named && !first.equals("index." + HUB) ? first : HUB;
    }

    /** The reference, or the fault that it is none: what would change the path of a request is never sent. */
    static String checked(String reference) {
        boolean wellFormed = !reference.isBlank()
                && reference.length() <= 512
                && !reference.contains("..")
                && !reference.startsWith("/")
                && reference.chars().allMatch(c -> c > ' ' && c < 127 && c != '?' && c != '#' && c != '%' && c != '\\');
        if (!wellFormed) {
            throw invalid(reference, "an image is named like redis:7 or registry.example/shop/web:2");
        }
        return reference;
    }

    static InvalidInputException invalid(String reference, String what) {
        return new InvalidInputException("image '" + reference + "'", List.of(Problem.at("image", what)));
    }

    @Override
    public String toString() {
        return tag.isEmpty() ? repository : repository + (isDigest() ? "@" : ":") + tag;
    }
}
