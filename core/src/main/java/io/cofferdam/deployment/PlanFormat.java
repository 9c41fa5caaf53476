package io.cofferdam.deployment;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.api.Experimental;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Shows plans to people and tools. */
@Experimental
public final class PlanFormat {

    private static final ObjectMapper JSON = new ObjectMapper();

    private PlanFormat() {}

    /**
     * A line for each step, numbered, with the numbers of those it waits for.
     *
     * @param plan the plan
     * @return lines, each with its end; one that says so for an empty plan
     */
    public static String text(Plan plan) {
        if (plan.isEmpty()) {
            return "nothing to do: everything is as it should be\n";
        }
        Map<String, Integer> numbers = numbers(plan);
        StringBuilder text = new StringBuilder();
        for (Step step : plan.steps()) {
            text.append(numbers.get(step.id())).append(". ").append(describe(step));
            if (!plan.needs(step).isEmpty()) {
                text.append("  (after ")
                        .append(plan.needs(step).stream()
                                .map(numbers::get)
                                .sorted()
                                .map(String::valueOf)
                                .collect(Collectors.joining(", ")))
                        .append(')');
            }
            text.append('\n');
        }
        return text.toString();
    }

    /**
     * An object with the array {@code steps}; each has {@code id}, {@code does} (a sentence) and {@code after} (ids).
     *
     * @param plan the plan
     * @return JSON in one line
     */
    public static String json(Plan plan) {
        ObjectNode node = JSON.createObjectNode();
        ArrayNode steps = node.putArray("steps");
        for (Step step : plan.steps()) {
            ObjectNode entry = steps.addObject().put("id", step.id()).put("does", describe(step));
            ArrayNode after = entry.putArray("after");
            new TreeSet<>(plan.needs(step)).forEach(after::add);
        }
        return node.toString();
    }

    /**
     * A flow chart in the language of Mermaid.
     *
     * @param plan the plan
     * @return lines, each with its end
     */
    public static String mermaid(Plan plan) {
        Map<String, Integer> numbers = numbers(plan);
        StringBuilder chart = new StringBuilder("flowchart TD\n");
        for (Step step : plan.steps()) {
            String label = describe(step).replace("\"", "#quot;");
            chart.append("    s")
                    .append(numbers.get(step.id()))
                    .append("[\"")
                    .append(label)
                    .append("\"]\n");
        }
        for (Step step : plan.steps()) {
            for (String before : new TreeSet<>(plan.needs(step))) {
                chart.append("    s")
                        .append(numbers.get(before))
                        .append(" --> s")
                        .append(numbers.get(step.id()))
                        .append('\n');
            }
        }
        return chart.toString();
    }

    private static Map<String, Integer> numbers(Plan plan) {
        Map<String, Integer> numbers = new HashMap<>();
        plan.steps().forEach(step -> numbers.put(step.id(), numbers.size() + 1));
        return numbers;
    }

    private static String describe(Step step) {
        if (step instanceof Step.RollService roll) {
            return "roll " + roll.target().revision() + " to "
                    + instances(roll.target().replicas()) + ", at most " + roll.surge() + " more and "
                    + roll.unavailable() + " fewer on the way";
        } else if (step instanceof Step.ShiftTraffic shift) {
            return shift.weights().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(service -> "traffic of " + service.getKey() + " to " + shares(service.getValue()))
                    .collect(Collectors.joining(", "));
        } else if (step instanceof Step.Pause pause) {
            return pause.time() == null
                    ? "wait to be promoted: " + pause.name()
                    : "wait " + pause.time().toMillis() / 1000.0 + " s: " + pause.name();
        }
        return step.id();
    }

    private static String shares(Map<io.cofferdam.workload.Revision, Integer> shares) {
        return shares.isEmpty()
                ? "all of its instances"
                : shares.entrySet().stream()
                        .map(share -> share.getKey().hash() + " " + share.getValue() + "%")
                        .sorted()
                        .collect(Collectors.joining(" and "));
    }

    private static String instances(int count) {
        return count == 1 ? "1 instance" : count + " instances";
    }
}
