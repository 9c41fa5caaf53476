package io.cofferdam.pipeline;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Carries out one step: decides whether it runs, replaces its variables, makes its attempts. */
final class StepWork {

    private final EngineParts parts;
    private final RunFacts facts;
    private final Graph graph;
    private final RunExecution run;
    private final StepCache cache;

    StepWork(EngineParts parts, RunFacts facts, Graph graph, RunExecution run) {
        this.parts = parts;
        this.facts = facts;
        this.graph = graph;
        this.run = run;
        this.cache = new StepCache(parts.directory(), facts, parts.clock());
    }

    static boolean continuesOnFailure(Node node) {
        return Boolean.TRUE.equals(Data.truth(node.settings().get("continue_on_failure")));
    }

    /** Does it; false if the worker is not to go on. */
    boolean carryOut(Node node) {
        RunScope scope = new RunScope(graph, node, facts, run::resultsOf);
        if (run.isCancelledFor(node)) {
            return end(node, run.record(node), StepStatus.CANCELLED, "the run was cancelled before it began", null);
        }
        Optional<String> unmet = unmet(node, scope);
        if (unmet.isPresent()) {
            return end(node, run.record(node), StepStatus.SKIPPED, unmet.get(), null);
        }
        List<Problem> problems = new ArrayList<>();
        Trouble trouble =
                (path, what, remedy) -> problems.add(new Problem(path.isEmpty() ? node.name : path, what, remedy));
        Resolved resolved = resolve(node, scope, trouble);
        if (resolved.missing() != null) {
            return end(
                    node,
                    run.record(node),
                    StepStatus.SKIPPED,
                    "it needs a result of '" + resolved.missing() + "', which has none",
                    null);
        }
        if (!problems.isEmpty()) {
            StringBuilder all = new StringBuilder("the step's configuration cannot be used:");
            problems.forEach(problem -> all.append("\n  - ").append(problem));
            return end(node, run.record(node), StepStatus.FAILED, all.toString(), FaultClass.USER);
        }
        RetryPolicy retry = RetryPolicy.read(resolved.settings().get("retry"));
        Duration limit = Data.time(resolved.settings().get("total_timeout"));
        Deadline total = limit == null ? Deadline.none() : Deadline.in(limit);
        return attempts(node, scope, resolved.settings(), retry, total);
    }

    private boolean attempts(
            Node node, RunScope scope, Map<String, @Nullable Object> first, RetryPolicy retry, Deadline total) {
        Map<String, @Nullable Object> settings = first;
        for (int number = 1; ; number++) {
            scope.attempt(number);
            if (number > 1) {
                settings = resolve(node, scope, (path, what, remedy) -> {}).settings();
            }
            StepRecord started = run.record(node).started(number, run.now());
            if (!run.progress(node, started, "step_started", "")) {
                return true;
            }
            Duration time = Data.time(settings.get("timeout"));
            Deadline deadline = time == null ? total : total.cappedAt(time);
            BiConsumer<Boolean, String> lines = (isError, line) -> parts.bus()
                    .publish(new StepOutput(facts.run(), node.name, Boolean.TRUE.equals(isError), line, run.now()));
            StepStreams streams = new StepStreams(facts.files(), node.name, facts.mask(), parts.outputLimit(), lines);
            Attempt attempt = new Attempt(node.name, parts.threads().scheduler(), streams);
            AttemptContext context =
                    new AttemptContext(parts, facts, scope, attempt, streams, settings, node, number, deadline);
            run.attempting(node, attempt);
            Attempt.Outcome outcome =
                    attempt.run(cache.around(node, settings), context, deadline, () -> givenUp(node, streams, attempt));
            streams.end();
            if (outcome == null) {
                return false;
            }
            if (outcome instanceof Attempt.Done done) {
                return succeeded(node, done.results());
            }
            if (outcome instanceof Attempt.CutOff off && off.why() == Attempt.Cut.CANCEL) {
                return end(node, run.record(node), StepStatus.CANCELLED, "it was cancelled while it ran", null);
            }
            Failure failure = failure(node, outcome, streams, time, total);
            boolean again = number < retry.attempts() && retry.on().contains(failure.fault()) && !total.isExpired();
            if (!again) {
                String message =
                        failure.message() + (number > 1 ? " (attempt " + number + " of " + retry.attempts() + ")" : "");
                return failed(node, failure, message);
            }
            Duration wait = retry.waitAfter(number);
            StepRecord retrying =
                    run.record(node).ended(StepStatus.RETRYING, "{}", masked(failure.message()), failure.fault(), null);
            String told = "attempt " + number + " of " + retry.attempts() + " failed by a fault of class "
                    + failure.fault() + ", the next one comes in " + Data.written(wait) + ": " + failure.message();
            if (!run.progress(node, retrying, "step_retrying", masked(told))) {
                return true;
            }
            if (!run.pause(node, wait.compareTo(total.remaining()) > 0 ? total.remaining() : wait)) {
                return end(node, run.record(node), StepStatus.CANCELLED, "it was cancelled between attempts", null);
            }
        }
    }

    private void givenUp(Node node, StepStreams streams, Attempt attempt) {
        streams.end();
        if (attempt.cutOff() == Attempt.Cut.CANCEL) {
            end(node, run.record(node), StepStatus.CANCELLED, "it was cancelled, and did not answer", null);
        } else {
            end(
                    node,
                    run.record(node),
                    StepStatus.FAILED,
                    "it took longer than its timeout, and did not end when it was interrupted",
                    FaultClass.TIMEOUT);
        }
        run.replaceWorker();
    }

    private record Failure(FaultClass fault, String message, Map<String, ?> results) {}

    private static Failure failure(
            Node node, Attempt.Outcome outcome, StepStreams streams, @Nullable Duration time, Deadline total) {
        if (outcome instanceof Attempt.Failed failed) {
            Throwable why = failed.why();
            Map<String, ?> results = why instanceof StepFailedException step ? step.results() : Map.of();
            return new Failure(Faults.of(why), Faults.words(why), results);
        }
        List<String> last = streams.lastLines();
        String limit = time != null && !total.isExpired()
                ? "its timeout of " + Data.written(time)
                : "the limit of all its attempts";
        return new Failure(
                FaultClass.TIMEOUT,
                "step '" + node.name + "' took longer than " + limit + " and was stopped"
                        + (last.isEmpty() ? "" : "; its last lines:\n  " + String.join("\n  ", last)),
                Map.of());
    }

    private boolean succeeded(Node node, Map<String, ?> values) {
        Map<String, @Nullable Object> results = normal(values);
        String note = cache.note(node);
        StepRecord record =
                run.record(node).ended(StepStatus.SUCCEEDED, Data.json(results), masked(note), null, run.now());
        return run.complete(node, record, results, false);
    }

    private boolean failed(Node node, Failure failure, String message) {
        Map<String, @Nullable Object> results = normal(failure.results());
        StepRecord record = run.record(node)
                .ended(StepStatus.FAILED, Data.json(results), masked(message), failure.fault(), run.now());
        return run.complete(node, record, results, continuesOnFailure(node));
    }

    private boolean end(Node node, StepRecord record, StepStatus status, String message, @Nullable FaultClass fault) {
        StepRecord over = record.ended(status, "{}", masked(message), fault, run.now());
        return run.complete(node, over, Data.none(), continuesOnFailure(node));
    }

    private String masked(String text) {
        return facts.mask().mask(text);
    }

    /** As they are stored and read again: keys in order, secrets masked. */
    private Map<String, @Nullable Object> normal(Map<String, ?> values) {
        return values.isEmpty() ? Data.none() : Data.parseMap(masked(Data.json(Data.sorted(Data.map(values)))));
    }

    private Optional<String> unmet(Node node, RunScope scope) {
        if (Boolean.TRUE.equals(Data.truth(node.settings().get("skip")))) {
            return Optional.of("it is switched off");
        }
        Optional<String> failed = run.blockedBy(node);
        Conditions.Status status = Conditions.status(node.settings());
        if (status == Conditions.Status.SUCCESS && failed.isPresent()) {
            return Optional.of(failed.get());
        }
        if (status == Conditions.Status.ON_FAILURE && failed.isEmpty()) {
            return Optional.of("nothing before it failed");
        }
        if (!(node.settings().get("conditions") instanceof Map<?, ?> conditions)) {
            return Optional.empty();
        }
        Object resolved = new Substitution(scope, (path, what, remedy) -> {}).apply(conditions, "conditions");
        return resolved instanceof Map<?, ?> map ? Conditions.unmet(map, scope) : Optional.empty();
    }

    private record Resolved(
            Map<String, @Nullable Object> settings,
            @Nullable String missing) {}

    private static Resolved resolve(Node node, RunScope scope, Trouble trouble) {
        if (!node.hasExpressions()) {
            return new Resolved(node.settings(), null);
        }
        Map<String, @Nullable Object> resolved = new LinkedHashMap<>();
        Substitution substitution = new Substitution(scope, trouble);
        node.settings().forEach((key, value) -> {
            boolean isDone = key.equals("conditions") || key.equals("matrix");
            resolved.put(key, isDone ? value : substitution.apply(value, key));
        });
        StepSchema schema = node.provider().schema();
        ShapeCheck check = new ShapeCheck(trouble);
        StepConfig.of(resolved, schema.group()).all().forEach((key, value) -> {
            Shape.Field field = schema.fields().get(key);
            if (field != null && value != null) {
                check.check(value, field.shape(), key);
            }
        });
        return new Resolved(resolved, substitution.missing());
    }
}
