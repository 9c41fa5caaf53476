package io.cofferdam.examples.cli;

import io.cofferdam.error.CofferdamException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Removes several things by name and tells of each; one that fails does not keep the others. */
final class Removals {

    private Removals() {}

    /**
     * Removes each.
     *
     * @param removal gives an empty text, or why it was kept
     */
    static int each(EngineCommand command, List<String> names, Function<String, String> removal) {
        List<Map<String, @Nullable Object>> results = new ArrayList<>();
        boolean failed = false;
        for (String name : names) {
            Map<String, @Nullable Object> result = Json.object();
            result.put("name", name);
            String fault;
            try {
                fault = removal.apply(name);
            } catch (CofferdamException refused) {
                fault = Failures.message(refused);
            }
            result.put("removed", fault.isEmpty());
            result.put("error", fault.isEmpty() ? null : fault);
            results.add(result);
            failed |= !fault.isEmpty();
            if (!command.json()) {
                if (fault.isEmpty()) {
                    command.terminal().out().println(Text.visible(name));
                } else {
                    command.terminal()
                            .err()
                            .println("cofferdam: " + Text.visibleLines("'" + name + "' was kept: " + fault));
                }
            }
        }
        if (command.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("results", results);
            command.print(document);
        }
        return failed ? ExitCode.FAILED : ExitCode.DONE;
    }

    /** Tells what was removed. */
    static int told(EngineCommand command, List<String> removed) {
        if (command.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("removed", removed);
            command.print(document);
        } else {
            removed.forEach(name -> command.terminal().out().println(Text.visible(name)));
        }
        return ExitCode.DONE;
    }
}
