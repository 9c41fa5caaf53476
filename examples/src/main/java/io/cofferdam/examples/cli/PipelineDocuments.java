package io.cofferdam.examples.cli;

import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.RunRecord;
import io.cofferdam.pipeline.StepRecord;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs of pipelines for programs and for people. */
final class PipelineDocuments {

    private PipelineDocuments() {}

    static Map<String, @Nullable Object> run(RunRecord run, List<StepRecord> steps) {
        Map<String, @Nullable Object> document = summary(run);
        document.put("steps", steps.stream().map(PipelineDocuments::step).toList());
        return document;
    }

    static Map<String, @Nullable Object> summary(RunRecord run) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("run", run.id());
        document.put("pipeline", run.pipeline());
        document.put("status", run.status().toString());
        document.put("message", run.message());
        document.put("created", run.created().toString());
        document.put("completed", run.completed().map(Object::toString).orElse(null));
        return document;
    }

    private static Map<String, @Nullable Object> step(StepRecord step) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", step.name());
        document.put("type", step.type());
        document.put("status", step.status().toString());
        document.put("attempts", step.attempts());
        document.put("seconds", seconds(step));
        document.put("message", step.message());
        document.put("fault", step.fault() == null ? null : step.fault().toString());
        document.put("results", step.resultValues());
        return document;
    }

    private static @Nullable Double seconds(StepRecord step) {
        Duration time = step.duration().orElse(null);
        return time == null ? null : (Double) (time.toMillis() / 1000.0);
    }

    static Map<String, @Nullable Object> event(PipelineEvent event) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("run", event.run());
        document.put("sequence", event.sequence());
        document.put("type", event.type());
        document.put("step", event.step());
        document.put("message", event.message());
        document.put("at", event.at().toString());
        return document;
    }

    static String tree(RunRecord run, List<StepRecord> steps) {
        StringBuilder text = new StringBuilder("run " + run.id() + " of " + Text.visible(run.pipeline()) + ": "
                + run.status() + (run.message().isEmpty() ? "" : ", " + Text.visible(run.message())) + "\n");
        for (int i = 0; i < steps.size(); i++) {
            StepRecord step = steps.get(i);
            boolean isLast = i == steps.size() - 1;
            Double seconds = seconds(step);
            text.append(isLast ? "└─ " : "├─ ")
                    .append(Text.visible(step.name()))
                    .append(": ")
                    .append(step.status())
                    .append(seconds == null ? "" : " in " + seconds + " s");
            step.message()
                    .lines()
                    .forEach(line ->
                            text.append("\n").append(isLast ? "     " : "│    ").append(Text.visible(line)));
            text.append('\n');
        }
        return text.toString();
    }
}
