package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How a step did in several runs.
 *
 * @param step its name
 * @param runs how often it ran to an end
 * @param failures how often it failed
 * @param average how long it took on average, waits between attempts included
 */
@Experimental
public record StepFigures(String step, int runs, int failures, Duration average) {

    public StepFigures {
        Objects.requireNonNull(step, "step");
        Objects.requireNonNull(average, "average");
    }

    /**
     * How often it fails.
     *
     * @return 0 for never to 1 for always
     */
    public double failureRate() {
        return runs == 0 ? 0 : (double) failures / runs;
    }

    static List<StepFigures> of(List<StepRecord> records) {
        Map<String, List<StepRecord>> byName = new LinkedHashMap<>();
        for (StepRecord record : records) {
            if (record.status() == StepStatus.SUCCEEDED || record.status() == StepStatus.FAILED) {
                byName.computeIfAbsent(record.name(), name -> new ArrayList<>()).add(record);
            }
        }
        List<StepFigures> figures = new ArrayList<>();
        byName.forEach((name, all) -> {
            int failures = 0;
            long millis = 0;
            for (StepRecord record : all) {
                failures += record.status() == StepStatus.FAILED ? 1 : 0;
                millis += record.duration().orElse(Duration.ZERO).toMillis();
            }
            figures.add(new StepFigures(name, all.size(), failures, Duration.ofMillis(millis / all.size())));
        });
        return figures;
    }
}
