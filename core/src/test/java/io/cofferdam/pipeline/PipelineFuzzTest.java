package io.cofferdam.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.error.InvalidInputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever a document says, it is a pipeline or a list of its problems, and nothing else. {@code cofferdam.fuzz.cases} sets how many cases
 * are tried for each seed, {@code cofferdam.fuzz.seed} the seed in place of a random one.
 */
class PipelineFuzzTest {

    private static final int CASES = Integer.getInteger("cofferdam.fuzz.cases", 1000);
    private static final Catalogue CATALOGUE =
            Catalogue.builder().registry("1", "", null).clusterOfEngine("1", "").build();

    @TempDir
    private Path folder;

    private final Fakes fakes = new Fakes();
    private final StepTypes types = StepTypes.with(List.of(fakes.provider()));
    private int loaded;
    private int planned;
    private int refused;

    @Test
    @DisplayName("documents and values of a fixed seed are read, planned or refused with their problems")
    void fixedSeed() {
        cases(20260102, CASES);
    }

    @Test
    @DisplayName("documents and values of another seed each time are read, planned or refused with their problems")
    void randomSeed() {
        long seed =
                Long.getLong("cofferdam.fuzz.seed", ThreadLocalRandom.current().nextLong());
        cases(seed, CASES);
    }

    private void cases(long seed, int cases) {
        List<String> written = List.of(Loaded.WHOLE, TEMPLATES);
        try (PipelineEngine engine = fakes.engine(
                folder,
                builder -> builder.catalogue(CATALOGUE).secrets(SecretProvider.of(Map.of("token", "s3cr3t-t0k3n"))))) {
            for (int i = 0; i < cases; i++) {
                RandomDocuments random = new RandomDocuments(seed + i);
                String tried = "";
                try {
                    switch (random.number(4)) {
                        case 0 -> {
                            tried = Data.json(random.document());
                            read(engine, random, tried, random.chance(50));
                        }
                        case 1 -> {
                            tried = random.spoiled(written.get(random.number(written.size())));
                            read(engine, random, tried, false);
                        }
                        case 2 -> tried = replaced(random);
                        default -> tried = masked(random);
                    }
                } catch (RuntimeException | Error unexpected) {
                    throw new AssertionError(
                            "case " + i + " of cofferdam.fuzz.seed=" + seed + " (alone: seed " + (seed + i) + "):\n"
                                    + tried,
                            unexpected);
                }
            }
        }
        System.out.println("seed " + seed + ": " + cases + " cases, " + loaded + " pipelines read, " + planned
                + " planned, " + refused + " refused");
        assertThat(refused).as("refused with problems").isPositive();
        assertThat(planned).as("planned").isPositive();
    }

    private static final String TEMPLATES = """
        pipeline:
          name: p
          templates:
            t:
              parameters: {n: {type: integer, default: 3}}
              step: {type: process_run, command: [echo, "{{params.n}}"], timeout: 3s}
          variables: {a: {b: [1, two]}}
          steps:
            - {name: a, template: t, needs: [], with: {n: 4}}
            - name: b
              type: process_run
              needs: [a]
              matrix: {v: [1, 2], exclude: [{v: 2}]}
              command: [echo, "{{matrix.v}} {{steps.a.stdout}} {{a.b}}"]
              retry: {attempts: 3, backoff: 1s, on: [any]}
              services: [{name: db, command: [x], ready: {port: 80}}]
              conditions: {variable_matches: {x: ".*"}, always: true}
        """;

    private void read(PipelineEngine engine, RandomDocuments random, String text, boolean isJson) {
        Map<String, @Nullable Object> variables = random.variables();
        boolean isGiven = random.chance(50);
        Pipeline pipeline;
        try {
            pipeline = load(text, isJson, isGiven ? variables : null);
        } catch (InvalidInputException problems) {
            told(problems);
            return;
        }
        loaded++;
        assertThat(load(PipelineWriter.yaml(pipeline), false, isGiven ? variables : null))
                .isEqualTo(pipeline);
        assertThat(load(PipelineWriter.json(pipeline), true, isGiven ? variables : null))
                .isEqualTo(pipeline);
        try {
            String plan = engine.plan(pipeline, variables).toString();
            assertThat(plan).doesNotContain("s3cr3t-t0k3n");
            planned++;
        } catch (InvalidInputException problems) {
            told(problems);
        }
    }

    private Pipeline load(String text, boolean isJson, @Nullable Map<String, @Nullable Object> variables) {
        PipelineLoader loader =
                isJson ? PipelineLoader.ofJson(text, Loaded.FOLDER) : PipelineLoader.ofYaml(text, Loaded.FOLDER);
        return (variables == null ? loader : loader.withVariables(variables)).load(types);
    }

    private void told(InvalidInputException problems) {
        refused++;
        assertThat(problems.problems())
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem.what()).isNotBlank());
        assertThat(problems.getMessage()).doesNotContain("s3cr3t-t0k3n");
    }

    /** Values through substitution alone: more of them than whole documents would have. */
    private static String replaced(RandomDocuments random) {
        Map<String, @Nullable Object> value = new LinkedHashMap<>();
        value.put("v", random.value(3));
        value.put("w", random.text());
        Map<String, @Nullable Object> variables = random.variables();
        Scope scope = path -> {
            Object at = path.get(0).equals("secrets") ? Secret.of("s3cr3t-t0k3n") : variables.get(path.get(0));
            return at == null ? Scope.Found.nothing("there is none", "") : Scope.Found.of(at);
        };
        int[] troubles = {0};
        Object replaced = new Substitution(scope, (path, what, remedy) -> troubles[0]++).apply(value, "");
        assertThat(String.valueOf(replaced)).doesNotContain("s3cr3t-t0k3n");
        assertThat(replaced).isInstanceOf(Map.class);
        return value.toString();
    }

    /** What is written in parts, with a secret among it, is masked wherever it is cut. */
    private static String masked(RandomDocuments random) {
        String secret = "s3cr3t" + random.number(1000);
        String text = random.text() + secret + random.text();
        java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
        byte[] bytes = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        try (java.io.OutputStream stream = io.cofferdam.internal.redact.SecretMask.of(List.of(secret)).stream(out)) {
            int at = 0;
            while (at < bytes.length) {
                int part = Math.min(bytes.length - at, 1 + random.number(5));
                stream.write(bytes, at, part);
                at += part;
            }
        } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        assertThat(out.toString(java.nio.charset.StandardCharsets.UTF_8))
                .contains("***")
                .doesNotContain(secret);
        return text;
    }
}
