package io.cofferdam.pipeline;

import static io.cofferdam.pipeline.Loaded.FOLDER;
import static io.cofferdam.pipeline.Loaded.problems;
import static io.cofferdam.pipeline.Loaded.steps;
import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.error.InvalidInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines as files: read, written, planned, and made of templates. */
class PipelineFormsTest {

    @Test
    @DisplayName("the whole pipeline loads and plans: order, image, defaults")
    void whole() {
        Pipeline pipeline = PipelineLoader.ofYaml(Loaded.WHOLE, FOLDER)
                .withVariables(Map.of("build_number", 42, "branch", "main"))
                .load();

        PipelinePlan plan = plan(pipeline, Map.of("build_number", 42, "branch", "main"));

        assertThat(plan.steps())
                .extracting(PipelinePlan.PlannedStep::name)
                .containsExactly("build", "test", "push", "deploy", "wait", "verify", "scale");
        assertThat(plan.steps().get(0).settings()).containsEntry("docker_tag", 42L);
        assertThat(plan.toString())
                .contains("deploy (k8s_deploy) after push")
                .contains("\"image\":\"{{docker_image}}\"")
                .contains("branch_equals");
    }

    @Test
    @DisplayName("an expression without quotes is text, although YAML takes it for a mapping")
    void bracesWithoutQuotes() {
        String yaml = Loaded.WHOLE.replace("\"{{build_number}}\"", "{{ build_number }}");

        assertThat(yaml).isNotEqualTo(Loaded.WHOLE);
        assertThat(problems(yaml, Map.of("build_number", "7", "branch", "main")))
                .isEmpty();
        assertThat(Loaded.of(yaml).step("build").orElseThrow().settings())
                .containsEntry("docker_tag", "{{ build_number }}");
    }

    @Test
    @DisplayName("what is written as YAML or JSON is read again as an equal pipeline")
    void roundTrip() {
        Pipeline pipeline = Loaded.of(Loaded.WHOLE).toBuilder()
                .variable("hosts", List.of("a", 1, true, Map.of("x", "{{not replaced}}")))
                .parameter(Parameter.optional("n", Parameter.Type.INTEGER, 3))
                .build();

        assertThat(PipelineLoader.ofYaml(PipelineWriter.yaml(pipeline), FOLDER).load())
                .isEqualTo(pipeline);
        assertThat(PipelineLoader.ofJson(PipelineWriter.json(pipeline), FOLDER).load())
                .isEqualTo(pipeline);
    }

    @Test
    @DisplayName("problems in JSON have their line and column too")
    void json() {
        Assertions.assertThatThrownBy(() -> PipelineLoader.ofJson(
                                "{\"pipeline\": {\"name\": \"p\",\n"
                                        + " \"steps\": [{\"name\": \"a\", \"type\": \"proces_run\"}]}}",
                                FOLDER)
                        .load())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("pipeline.json:2:")
                .hasMessageContaining("did you mean 'process_run'?");
    }

    @Test
    @DisplayName("a builder makes the pipeline a file describes, and a clone changes one step of it")
    void builder() {
        Pipeline built = Pipeline.named("p")
                .step(Step.of("a", "process_run")
                        .set("command", List.of("echo", "hi"))
                        .build())
                .step(Step.of("b", "process_run")
                        .set("command", "true")
                        .retry(RetryPolicy.attempts(3))
                        .always()
                        .build())
                .build();
        Pipeline read =
                PipelineLoader.ofYaml(PipelineWriter.yaml(built), FOLDER).load();

        assertThat(read).isEqualTo(built);
        Pipeline clone = built.toBuilder()
                .name("q")
                .replace(built.step("a").orElseThrow().toBuilder()
                        .set("command", "false")
                        .build())
                .build();
        assertThat(clone.step("a").orElseThrow().settings()).containsEntry("command", "false");
        assertThat(clone.steps()).hasSize(2);
    }

    @Test
    @DisplayName("templates take typed parameters with defaults, and the step's own keys win")
    void templates() {
        Pipeline pipeline = Loaded.of("""
            pipeline:
              name: p
              templates:
                image:
                  parameters:
                    name: {type: string}
                    replicas: {type: integer, default: 2}
                  step:
                    type: k8s_scale
                    k8s_resource_name: "app-{{params.name}}"
                    replicas: "{{params.replicas}}"
                    timeout: 10s
              steps:
                - {name: one, template: image, with: {name: "{{who}}"}}
                - {name: two, template: image, with: {name: b, replicas: 5}, timeout: 1m}
            """);

        assertThat(pipeline.step("one").orElseThrow().settings())
                .containsEntry("k8s_resource_name", "app-{{who}}")
                .containsEntry("replicas", 2L)
                .containsEntry("timeout", "10s");
        assertThat(pipeline.step("two").orElseThrow().settings())
                .containsEntry("replicas", 5L)
                .containsEntry("timeout", "1m");
    }

    @Test
    @DisplayName("mistakes in the use of templates are told")
    void templateMistakes() {
        assertThat(problems("""
            pipeline:
              name: p
              templates:
                t:
                  parameters: {n: {type: integer}, m: {}}
                  step: {type: process_run, command: ["{{params.n}}", "{{params.x}}"]}
              steps:
                - {name: a, template: t, with: {n: many, k: 1}}
                - {name: b, template: tt}
            """))
                .anySatisfy(each -> assertThat(each).contains("the template wants an integer"))
                .anySatisfy(each -> assertThat(each).contains("the template 't' has no parameter 'k'"))
                .anySatisfy(each -> assertThat(each).contains("the template 't' wants a 'm'"))
                .anySatisfy(each -> assertThat(each).contains("the template has no parameter 'x'"))
                .anySatisfy(each -> assertThat(each).contains("there is no template 'tt'; did you mean 't'?"));
    }

    @Test
    @DisplayName("templates of other files are included, and their mistakes told at their places")
    void include(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("common.yaml"), """
            templates:
              say:
                parameters: {text: {}}
                step: {type: process_run, command: [echo, "{{params.text}}"], tiemout: 3}
            """);
        String yaml = """
            pipeline:
              name: p
              include: common.yaml
              steps:
                - {name: a, template: say, with: {text: hello}}
            """;

        Assertions.assertThatThrownBy(() -> PipelineLoader.ofYaml(yaml, folder).load())
                .hasMessageContaining("common.yaml:4:67")
                .hasMessageContaining("did you mean 'timeout'?");
    }

    @Test
    @DisplayName("a matrix is planned as one step for each combination that is not excluded")
    void matrix() {
        Pipeline pipeline = Loaded.of(steps("""
            - name: test
              type: process_run
              matrix: {java: [17, 21], os: [a, b], exclude: [{java: 17, os: b}]}
              command: ["test", "{{matrix.java}}"]
            - {name: end, type: process_run, command: x, needs: [test]}
            """).replace("- name: test", "- needs: []\n      name: test"));

        PipelinePlan plan = plan(pipeline, Map.of());

        assertThat(plan.steps())
                .extracting(PipelinePlan.PlannedStep::name)
                .containsExactly("test[17,a]", "test[21,a]", "test[21,b]", "end");
        assertThat(plan.steps().get(3).after()).containsExactly("test[17,a]", "test[21,a]", "test[21,b]");
        assertThat(plan.steps().get(1).settings()).containsEntry("command", List.of("test", 21L));
    }

    @Test
    @DisplayName("the published schema is the one of the step types there are")
    void schema() throws IOException {
        try (InputStream published = PipelineSchema.class.getResourceAsStream("pipeline.schema.json")) {
            assertThat(published).as("the resource").isNotNull();
            assertThat(new String(published.readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo(PipelineSchema.json());
        }
    }

    private static PipelinePlan plan(Pipeline pipeline, Map<String, ?> given) {
        Findings findings = new Findings();
        Variables variables = Variables.of(pipeline, given, findings);
        PipelinePlan plan =
                new Planner(StepTypes.with(List.of()), pipeline, variables, null, null, null, findings).plan();
        assertThat(findings.problems()).isEmpty();
        return plan;
    }
}
