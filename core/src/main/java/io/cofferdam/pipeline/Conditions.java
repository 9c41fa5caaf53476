package io.cofferdam.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides whether a step runs, from what came before it and from variables. */
final class Conditions {

    /** How what came before has to have ended. */
    enum Status {
        SUCCESS,
        ON_FAILURE,
        ALWAYS
    }

    private Conditions() {}

    static Status status(Map<String, @Nullable Object> settings) {
        if (!(settings.get("conditions") instanceof Map<?, ?> conditions)) {
            return Status.SUCCESS;
        }
        String status = String.valueOf(conditions.get("status"));
        if (status.equals("always") || Boolean.TRUE.equals(Data.truth(conditions.get("always")))) {
            return Status.ALWAYS;
        }
        return status.equals("on_failure") || Boolean.TRUE.equals(Data.truth(conditions.get("on_failure")))
                ? Status.ON_FAILURE
                : Status.SUCCESS;
    }

    static List<String> path(String name) {
        return List.of(name.split("\\.", -1));
    }

    /** Why the step does not run, or nothing if it does. Values of conditions were replaced already. */
    static Optional<String> unmet(Map<?, ?> conditions, Scope scope) {
        for (Map.Entry<?, ?> condition : conditions.entrySet()) {
            Object wanted = condition.getValue();
            Optional<String> unmet = switch (String.valueOf(condition.getKey())) {
                case "branch_equals" -> branch(wanted, scope, true);
                case "branch_not_equals" -> branch(wanted, scope, false);
                case "variable_equals" -> each(wanted, scope, String::equals, "is not");
                case "variable_not_equals" -> each(wanted, scope, (is, not) -> !is.equals(not), "is");
                case "variable_matches" ->
                    each(
                            wanted,
                            scope,
                            (is, regex) -> Pattern.compile(regex).matcher(is).matches(),
                            "does not match");
                case "variable_set" -> set(wanted, scope, true);
                case "variable_unset" -> set(wanted, scope, false);
                default -> Optional.empty();
            };
            if (unmet.isPresent()) {
                return unmet;
            }
        }
        return Optional.empty();
    }

    private interface Test {
        boolean holds(String is, String wanted);
    }

    private static Optional<String> branch(@Nullable Object wanted, Scope scope, boolean isWanted) {
        Scope.Found found = scope.find(List.of("branch"));
        String branch = found.isThere() ? text(found.value()) : "";
        boolean isIn = texts(wanted).contains(branch);
        return isIn == isWanted
                ? Optional.empty()
                : Optional.of("the branch is '" + branch + "'"
                        + (isWanted ? ", not '" + String.join("' or '", texts(wanted)) + "'" : ""));
    }

    private static Optional<String> each(@Nullable Object wanted, Scope scope, Test test, String relation) {
        if (wanted instanceof Map<?, ?> map) {
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                String name = String.valueOf(entry.getKey());
                Scope.Found found = scope.find(path(name));
                String value = text(entry.getValue());
                if (!test.holds(found.isThere() ? text(found.value()) : "", value)) {
                    return Optional.of("'" + name + "' " + relation + " '" + value + "'");
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> set(@Nullable Object wanted, Scope scope, boolean isWanted) {
        for (String name : texts(wanted)) {
            Scope.Found found = scope.find(path(name));
            boolean isSet = found.isThere()
                    && found.value() != null
                    && !text(found.value()).isEmpty();
            if (isSet != isWanted) {
                return Optional.of("'" + name + "' has " + (isSet ? "a" : "no") + " value");
            }
        }
        return Optional.empty();
    }

    private static List<String> texts(@Nullable Object value) {
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) {
            list.forEach(item -> texts.add(text(item)));
        } else if (value != null) {
            texts.add(text(value));
        }
        return texts;
    }

    private static String text(@Nullable Object value) {
        return value instanceof Secret secret ? secret.reveal() : String.valueOf(value);
    }
}
