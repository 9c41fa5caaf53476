package io.cofferdam.junit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What is done about a failed test. */
final class Failures {

    private Failures() {}

    /** Tells with the failure how the environments are, and keeps them if that is configured. */
    static void report(ExtensionContext context, Group group, Throwable failure) {
        Map<String, String> entries = new LinkedHashMap<>();
        StringBuilder all = new StringBuilder();
        FailureReport.of(group).forEach((name, text) -> {
            entries.put("cofferdam." + name, text);
            all.append(text);
        });
        Optional<Duration> keep = group.session.settings.keep();
        if (keep.isPresent()) {
            for (Member member : group.visible().values()) {
                if (member.keep()) {
                    String instructions = FailureReport.instructions(member, group.session, keep.get());
                    entries.put("cofferdam." + member.declaration.name() + ".kept", instructions);
                    all.append(instructions);
                }
            }
        }
        if (!entries.isEmpty()) {
            context.publishReportEntry(entries);
            failure.addSuppressed(new EnvironmentReport(all.toString()));
        }
    }
}
