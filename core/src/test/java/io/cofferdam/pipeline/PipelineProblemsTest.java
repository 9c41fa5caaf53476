package io.cofferdam.pipeline;

import static io.cofferdam.pipeline.Loaded.problems;
import static io.cofferdam.pipeline.Loaded.steps;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every mistake of a pipeline is told with its line and column before anything runs, all of them at once. */
class PipelineProblemsTest {

    @Test
    @DisplayName("keys, types, values, names, needs and variables are all told at once, in the order of the file")
    void allAtOnce() {
        assertThat(problems("""
            pipeline:
              name: p
              exection_mode: local
              steps:
                - name: build
                  type: docker_biuld
                - name: test
                  type: docker_run
                  needs: [biuld]
                  docker_image: x
                  docker_config: {comand: ./test, remove: perhaps}
                  timeout: soon
                - name: test
                  type: process_run
                  command: [echo, "{{build_nummer}}"]
                  needs: []
            """, Map.of("build_number", 1)))
                .containsExactly(
                        "pipeline.yaml:3:3: there is no key 'exection_mode'; did you mean 'execution_mode'?",
                        "pipeline.yaml:6:13: there is no step type 'docker_biuld'; did you mean 'docker_build'?",
                        "pipeline.yaml:9:15: there is no step 'biuld'; did you mean 'build'?",
                        "pipeline.yaml:11:23: there is no key 'comand' in a step of type docker_run; did you mean"
                                + " 'command'?",
                        "pipeline.yaml:11:47: 'perhaps' is neither true nor false",
                        "pipeline.yaml:12:16: 'soon' is no time; write seconds, or text with units such as 1m30s or"
                                + " 500ms",
                        "pipeline.yaml:13:13: there is a step 'test' already; name one otherwise",
                        "pipeline.yaml:15:23: step 'test': there is no variable 'build_nummer'; did you mean"
                                + " 'build_number'?");
    }

    @Test
    @DisplayName("steps that wait for each other are told as the circle they make")
    void circle() {
        assertThat(problems(steps("""
            - {name: a, type: process_run, command: x, needs: [c]}
            - {name: b, type: process_run, command: x, needs: [a]}
            - {name: c, type: process_run, command: x, needs: [b]}
            """)))
                .singleElement()
                .asString()
                .contains("these steps wait for each other")
                .contains("'a' needs 'c' needs 'b' needs 'a'");
    }

    @Test
    @DisplayName("orders and needs in one pipeline are told")
    void mixed() {
        assertThat(problems(steps("""
            - {name: a, type: process_run, command: x, order: 1}
            - {name: b, type: process_run, command: x, needs: [a]}
            """)))
                .containsExactly(
                        "pipeline.yaml:4:55: steps of a pipeline have either orders or needs, and others have needs;"
                                + " use one of the two for all steps");
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("what expressions refer to has to be there, and before the step")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        {{steps.c.stdout}}          | the step 'c' does not come before this one
        {{steps.x.stdout}}          | there is no step 'x'
        {{steps.a.stdot}}           | did you mean 'stdout'?
        {{steps.a}}                 | a result is written 'steps.NAME.RESULT'
        {{run.number}}              | there is run.id
        {{matrix.java}}             | the step has no matrix
        {{config.prt}}              | did you mean 'port'?
        {{config.port.x}}           | 'config.port' is a number and has no 'x'
        {{unfinished                | is no expression: its '}}' is missing
        {{.State}}                  | write \\{{ where two braces are meant
        `{{name | upper}}`          | there is no 'upper', only default(…)
        {{docker_image}}            | there is no variable 'docker_image'
        """)
    void references(String written, String told) {
        String yaml = steps("""
            - {name: a, type: process_run, command: x}
            - name: b
              type: process_run
              command: [echo, '%s']
            - {name: c, type: process_run, command: x}
            """.formatted(written));

        assertThat(problems(yaml, Map.of("config", Map.of("port", 80))))
                .singleElement()
                .asString()
                .contains(told);
    }

    @Test
    @DisplayName("a value of a variable that does not fit its place is told with the step")
    void valueOfAnotherType() {
        String yaml = steps("""
            - name: deploy
              type: k8s_scale
              k8s_resource_name: app
              replicas: "{{n}}"
            """);

        assertThat(problems(yaml, Map.of("n", "many")))
                .containsExactly("pipeline.yaml:7:17: step 'deploy': with the values of its variables"
                        + " 'many' is no whole number");
        assertThat(problems(yaml, Map.of("n", "5"))).isEmpty();
        assertThat(problems(yaml, Map.of("n", 5))).isEmpty();
    }

    @Test
    @DisplayName("parameters are required, typed and limited to their values")
    void parameters() {
        String yaml = """
            pipeline:
              name: p
              parameters:
                count: {type: integer}
                stage: {values: [test, live], default: test}
              steps:
                - {name: a, type: process_run, command: ["{{count}}", "{{stage}}"]}
            """;

        assertThat(problems(yaml, Map.of("stage", "prod")))
                .containsExactlyInAnyOrder(
                        "pipeline.yaml:4:5: the parameter 'count' has no value; give it one",
                        "pipeline.yaml:5:5: the value given for 'stage' is none of [test, live]; give one of them");
        assertThat(problems(yaml, Map.of("count", "3"))).isEmpty();
        assertThat(problems(yaml, Map.of("count", "three")))
                .singleElement()
                .asString()
                .contains("is no integer");
    }

    @Test
    @DisplayName("branch_equals without a branch is told")
    void noBranch() {
        String yaml = steps("- {name: a, type: process_run, command: x, conditions: {branch_equals: main}}");

        assertThat(problems(yaml)).singleElement().asString().contains("reads the variable 'branch'");
        assertThat(problems(yaml, Map.of("branch", "next"))).isEmpty();
    }

    @Test
    @DisplayName("a step without an image where no step before makes one is told")
    void noImage() {
        assertThat(problems(steps("- {name: a, type: docker_run, command: x}")))
                .singleElement()
                .asString()
                .contains("no image is named, and no step before makes one");
    }

    @Test
    @DisplayName("artifacts have to be kept by a step before")
    void artifacts() {
        assertThat(problems(steps("""
            - {name: a, type: process_run, command: x, artifacts: {out: {report: r.txt}}}
            - {name: b, type: process_run, command: x, artifacts: {in: [{step: a, name: reprot, to: /x}]}}
            """)))
                .singleElement()
                .asString()
                .contains("the step 'a' keeps nothing called 'reprot'");
    }

    @Test
    @DisplayName("what is no YAML is told with its place")
    void noYaml() {
        assertThat(problems("pipeline: [")).singleElement().asString().startsWith("pipeline.yaml:");
        assertThat(problems("")).singleElement().asString().contains("'pipeline' is missing");
        assertThat(problems("[]")).singleElement().asString().contains("a pipeline's file is a mapping");
    }

    @Test
    @DisplayName("a pipeline that is an expression as a whole was no problem and no pipeline either")
    void pipelineWasAnExpression() {
        assertThat(problems("pipeline: '{{x}}'"))
                .singleElement()
                .asString()
                .startsWith("pipeline.yaml:1:11: 'pipeline' is a mapping");
    }

    @Test
    @DisplayName("an include with a character that no path has broke the reader")
    void includeThatIsNoPath() {
        assertThat(problems("""
            pipeline:
              name: p
              include: ["a\\0b"]
              steps: [{name: a, type: process_run, command: x}]
            """))
                .first()
                .asString()
                .contains("pipeline.yaml:3:")
                .contains("cannot be read");
    }

    @Test
    @DisplayName("text that would end in the middle for programs is told before anything runs")
    void nul() {
        assertThat(problems(steps("""
            - name: a
              type: process_run
              command: [echo, "a\\0b"]
              environment: {X: "{{x}}"}
            """), Map.of("x", "\0")))
                .hasSize(2)
                .allSatisfy(problem -> assertThat(problem).contains("U+0000"));
    }
}
