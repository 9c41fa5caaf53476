package io.cofferdam.pipeline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces expressions by what they stand for, through lists and maps, in a single pass: what comes in is not looked at again. Text that
 * is one expression takes its value as it is; text in which a secret came is a secret.
 */
final class Substitution {

    private final Scope scope;
    private final Trouble trouble;
    private @Nullable String missing;

    Substitution(Scope scope, Trouble trouble) {
        this.scope = scope;
        this.trouble = trouble;
    }

    /** A step whose result was asked for, and that has none because it did not run; null if there is none. */
    @Nullable
    String missing() {
        return missing;
    }

    @Nullable
    Object apply(@Nullable Object value, String path) {
        if (value instanceof String text) {
            return text(text, path);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> replaced = new ArrayList<>(list.size());
            for (int i = 0; i < list.size(); i++) {
                replaced.add(apply(list.get(i), path + "[" + i + "]"));
            }
            return Collections.unmodifiableList(replaced);
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> replaced = new LinkedHashMap<>();
            map.forEach((key, item) -> {
                String name = String.valueOf(key);
                replaced.put(name, apply(item, Data.path(path, name)));
            });
            return Collections.unmodifiableMap(replaced);
        }
        return value;
    }

    private @Nullable Object text(String text, String path) {
        if (!Expression.isIn(text)) {
            return text;
        }
        Expression expression;
        try {
            expression = Expression.parse(Expression.isWhole(text) ? text.strip() : text);
        } catch (Expression.Malformed broken) {
            trouble.at(path, String.valueOf(broken.getMessage()), "write \\{{ where two braces are meant as they are");
            return "";
        }
        if (expression.parts().size() == 1) {
            return value(expression.parts().get(0), path);
        }
        StringBuilder joined = new StringBuilder();
        boolean isSecret = false;
        for (Expression.Part part : expression.parts()) {
            Object value = value(part, path);
            if (value instanceof Secret secret) {
                isSecret = true;
                joined.append(secret.reveal());
            } else if (value instanceof Map || value instanceof List) {
                trouble.at(
                        path,
                        "'" + written(part) + "' is " + ShapeCheck.kind(value) + " and cannot be a part of a text",
                        "let it be the whole value");
            } else if (value == null && part instanceof Expression.Reference) {
                trouble.at(
                        path,
                        "'" + written(part) + "' is nothing and cannot be a part of a text",
                        "give it a value, or let it be the whole value");
            } else {
                joined.append(value);
            }
        }
        return isSecret ? Secret.of(joined.toString()) : joined.toString();
    }

    private static String written(Expression.Part part) {
        return part instanceof Expression.Reference reference ? reference.written() : "";
    }

    private @Nullable Object value(Expression.Part part, String path) {
        if (part instanceof Expression.Literal literal) {
            return literal.value();
        }
        Expression.Reference reference = (Expression.Reference) part;
        Scope.Found found = scope.find(reference.path());
        if (found.isThere()) {
            return found.value();
        }
        if (reference.hasDefault()) {
            return reference.fallback();
        }
        if (found.missing() != null) {
            missing = found.missing();
        }
        trouble.at(path, found.problem(), found.remedy());
        // Something that is no problem in text, so that one mistake is told once.
        return "";
    }
}
