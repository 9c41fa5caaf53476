package io.cofferdam.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Documents and values as nobody would write them, and some as somebody might. The same for the same seed. */
final class RandomDocuments {

    private static final List<String> KEYS = List.of(
            "name",
            "type",
            "order",
            "needs",
            "conditions",
            "retry",
            "timeout",
            "matrix",
            "services",
            "artifacts",
            "cache",
            "engine",
            "grace",
            "skip",
            "command",
            "docker_image",
            "docker_tag",
            "docker_config",
            "k8s_config",
            "environment",
            "deployment_spec",
            "replicas",
            "ports",
            "container_port",
            "branch_equals",
            "variable_matches",
            "attempts",
            "on",
            "out",
            "in",
            "step",
            "to",
            "files",
            "template",
            "with",
            "parameters",
            "variables",
            "steps",
            "default",
            "values",
            "pod_selector",
            "selector",
            "image",
            "exclude",
            "mounts",
            "total_timeout",
            "description",
            "execution_mode");
    private static final List<String> TYPES = List.of(
            "docker_build",
            "docker_run",
            "docker_push",
            "docker_pull",
            "docker_tag",
            "docker_remove",
            "process_run",
            "k8s_deploy",
            "k8s_scale",
            "k8s_delete",
            "k8s_wait",
            "k8s_exec",
            "k8s_logs",
            "fake",
            "docker_rum",
            "");
    private static final List<String> KNOWN =
            List.of("process_run", "docker_run", "docker_build", "k8s_scale", "fake", "fake");
    private static final List<String> PIECES = List.of(
            "{{",
            "}}",
            "{{a}}",
            "{{ b.c }}",
            "{{steps.s0.stdout}}",
            "{{steps[\"s1\"].x}}",
            "{{secrets.token}}",
            "{{secrets.no}}",
            "{{x | default(\"y\")}}",
            "{{x|default(1)}}",
            "\\{{",
            "\\",
            "\"",
            "'",
            "|",
            ".",
            "[",
            "]",
            "(",
            ")",
            "default",
            "a",
            "b",
            "steps",
            "matrix",
            "{{matrix.v}}",
            "{{run.id}}",
            "$",
            "$(",
            "\n",
            "\t",
            " ",
            "\u0000",
            "é",
            "\ud83d\ude00",
            "\ud800",
            "-",
            "1",
            "-1",
            "0x1F",
            "1e309",
            "9223372036854775808",
            "3s",
            "99999999999d",
            "1h30m",
            "app=my-app",
            "*",
            "&",
            "!",
            "#",
            ":",
            ",",
            "{",
            "}",
            "%",
            "@",
            "`",
            "null",
            "true",
            "yes",
            "~",
            "2026-01-02");

    private final Random random;

    /** How many times rarer than usual what cannot be right is. */
    private final int wildness;

    private boolean rarely(int oneIn) {
        return random.nextInt(oneIn * wildness) == 0;
    }

    RandomDocuments(long seed) {
        // Seeds that follow each other would begin alike.
        long mixed = (seed ^ (seed >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        this.random = new Random(mixed ^ (mixed >>> 31));
        this.wildness = random.nextInt(3) == 0 ? 1 : 12;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    private String key() {
        return random.nextInt(12) == 0 ? text() : KEYS.get(random.nextInt(KEYS.size()));
    }

    @Nullable
    Object value(int depth) {
        int kind = random.nextInt(depth > 0 ? 10 : 7);
        return switch (kind) {
            case 0 -> (long) random.nextInt(20) - 3;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt(4) == 0 ? null : random.nextDouble() * 1e6;
            case 3 -> random.nextLong();
            case 4, 5, 6 -> random.nextInt(4) == 0 ? "s" + random.nextInt(4) : text();
            case 7 -> list(depth - 1);
            default -> map(depth - 1);
        };
    }

    private List<@Nullable Object> list(int depth) {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            list.add(value(depth));
        }
        return list;
    }

    Map<String, @Nullable Object> map(int depth) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            map.put(key(), value(depth));
        }
        return map;
    }

    /** A step that has what it needs, more often than not. */
    private Map<String, @Nullable Object> step(int number, boolean hasOrders) {
        Map<String, @Nullable Object> step = new LinkedHashMap<>();
        step.put("name", rarely(15) ? text() : "s" + number);
        String type = rarely(5)
                ? TYPES.get(random.nextInt(TYPES.size()))
                : wildness == 1 ? "fake" : KNOWN.get(random.nextInt(KNOWN.size()));
        step.put("type", type);
        if (!rarely(8)) {
            if (hasOrders) {
                step.put("order", (long) random.nextInt(3));
            } else {
                step.put(
                        "needs",
                        number == 0 ? List.of() : List.of("s" + random.nextInt(rarely(6) ? number + 1 : number)));
            }
        }
        switch (type) {
            case "process_run" ->
                step.put("command", rarely(2) ? text() : List.of("a", wildness == 1 ? text() : "{{a}}"));
            case "docker_run", "docker_build" -> step.put("docker_image", rarely(2) ? text() : "web:1");
            case "k8s_scale" -> {
                step.put("replicas", rarely(2) ? value(1) : 3L);
                step.put("k8s_resource_name", rarely(2) ? text() : "web");
            }
            case "fake" ->
                step.put("value", wildness == 1 ? value(3) : List.of("{{a}}", "{{ b | default(\"c\") }}-x", 1L));
            default -> step.put("k8s_resource_name", "web");
        }
        if (rarely(2)) {
            step.put("command", random.nextBoolean() ? text() : List.of("a", text()));
        }
        if (rarely(2)) {
            step.put(key(), value(2));
        }
        if (rarely(3)) {
            step.put(random.nextBoolean() ? "docker_config" : "k8s_config", map(2));
        }
        if (random.nextInt(5) == 0) {
            step.put("matrix", rarely(2) ? map(2) : Map.of("v", List.of(1L, "x")));
        }
        if (random.nextInt(5) == 0) {
            step.put("conditions", rarely(2) ? map(1) : Map.of("variable_unset", List.of("x"), "status", "always"));
        }
        if (rarely(6)) {
            step.put("template", random.nextBoolean() ? "t" : text());
            step.put("with", map(1));
        }
        return step;
    }

    Map<String, @Nullable Object> document() {
        Map<String, @Nullable Object> pipeline = new LinkedHashMap<>();
        pipeline.put("name", rarely(20) ? value(1) : "p");
        boolean hasOrders = random.nextBoolean();
        List<@Nullable Object> steps = new ArrayList<>();
        for (int i = 0, count = random.nextInt(5); i < count; i++) {
            steps.add(rarely(25) ? value(2) : step(i, hasOrders));
        }
        pipeline.put("steps", rarely(30) ? value(2) : steps);
        if (random.nextInt(4) == 0) {
            pipeline.put("parameters", rarely(2) ? map(2) : Map.of("n", Map.of("type", "integer", "default", 3L)));
        }
        if (!rarely(2)) {
            pipeline.put("variables", rarely(2) ? map(2) : Map.of("a", List.of(1L, "x"), "branch", "main"));
        }
        if (rarely(10)) {
            pipeline.put(key(), value(3));
        }
        if (rarely(4)) {
            pipeline.put("templates", random.nextBoolean() ? Map.of("t", Map.of("step", step(9, hasOrders))) : map(3));
        }
        if (rarely(20)) {
            pipeline.put("include", value(1));
        }
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put(rarely(40) ? key() : "pipeline", rarely(40) ? value(2) : pipeline);
        return document;
    }

    /** A text with some of it taken out, doubled, or replaced. */
    String spoiled(String text) {
        StringBuilder spoiled = new StringBuilder(text);
        for (int i = random.nextInt(4) + 1; i > 0 && spoiled.length() > 0; i--) {
            int at = random.nextInt(spoiled.length());
            int end = Math.min(spoiled.length(), at + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> spoiled.delete(at, end);
                case 1 -> spoiled.insert(at, PIECES.get(random.nextInt(PIECES.size())));
                case 2 -> spoiled.insert(at, spoiled.substring(at, end));
                default -> spoiled.replace(at, end, text());
            }
        }
        return spoiled.toString();
    }

    /** Values for variables, some of them of the names that documents use. */
    Map<String, @Nullable Object> variables() {
        Map<String, @Nullable Object> variables = new LinkedHashMap<>();
        for (String name : List.of("a", "b", "x", "branch", "build_number")) {
            if (random.nextBoolean()) {
                variables.put(name, value(2));
            }
        }
        if (random.nextInt(10) == 0) {
            variables.put(text(), value(1));
        }
        return variables;
    }

    boolean chance(int ofHundred) {
        return random.nextInt(100) < ofHundred;
    }

    int number(int below) {
        return random.nextInt(below);
    }
}
