package io.cofferdam.pipeline;

import io.cofferdam.pipeline.Shape.Either;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.Shape.Fields;
import io.cofferdam.pipeline.Shape.Listing;
import io.cofferdam.pipeline.Shape.Mapping;
import io.cofferdam.pipeline.Shape.Time;
import io.cofferdam.pipeline.Shape.Whole;
import io.cofferdam.pipeline.Shape.Word;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The keys that steps of every type have. */
final class StepKeys {

    private static final Shape SCALARS = new Mapping(Shape.text());

    static final Fields CONDITIONS = Fields.of(
            Field.optional("branch_equals", Shape.texts(), "The variable 'branch' is this, or one of these."),
            Field.optional("branch_not_equals", Shape.texts(), "The variable 'branch' is none of these."),
            Field.optional("variable_equals", SCALARS, "Each variable named has the value given."),
            Field.optional("variable_not_equals", SCALARS, "No variable named has the value given."),
            Field.optional(
                    "variable_matches", SCALARS, "Each variable named matches the regular expression as a whole."),
            Field.optional("variable_set", Shape.texts(), "These variables have a value."),
            Field.optional("variable_unset", Shape.texts(), "These variables have no value."),
            Field.optional(
                    "status",
                    new Word(List.of("success", "on_failure", "always")),
                    "How what came before has to have ended: nothing failed, something failed, however."),
            Field.optional("always", Shape.truth(), "The same as 'status: always'."),
            Field.optional("on_failure", Shape.truth(), "The same as 'status: on_failure'."));

    static final Shape RETRY = new Either(List.of(
            Fields.of(
                    Field.optional("attempts", new Whole(1, 100), "How many attempts, the first one included."),
                    Field.optional("backoff", new Time(), "How long to wait before the second attempt."),
                    Field.optional("factor", new Whole(1, 100), "How much longer each further wait is."),
                    Field.optional("max_backoff", new Time(), "The longest wait."),
                    Field.optional(
                            "on",
                            new Either(List.of(
                                    new Listing(new Word(List.of("infrastructure", "user", "timeout", "any"))),
                                    new Word(List.of("infrastructure", "user", "timeout", "any")))),
                            "The faults after which there is another attempt.")),
            new Whole(1, 100)));

    static final Shape READY = Fields.of(
            Field.optional("port", new Whole(1, 65535), "It accepts connections here."),
            Field.optional("log", Shape.text(), "It wrote a line that matches this regular expression."),
            Field.optional("command", new Shape.Command(), "This command inside ends with 0."),
            Field.optional("timeout", new Time(), "How long it may take; 60 s."));

    static final Shape SERVICES = new Listing(Fields.of(
            Field.required("name", Shape.text(), "The name it is reached by."),
            Field.optional("image", Shape.text(), "Its image."),
            Field.optional("command", new Shape.Command(), "What it runs; of an image, instead of the image's own."),
            Field.optional("environment", Shape.pairs(), "Its variables."),
            Field.optional("template", Shape.text(), "On processes: the folder that is copied into its own."),
            Field.optional("ready", READY, "When the step may begin.")));

    static final Shape ARTIFACTS = Fields.of(
            Field.optional("out", SCALARS, "What is kept: names, and the paths inside they are copied from."),
            Field.optional(
                    "in",
                    new Listing(Fields.of(
                            Field.required("step", Shape.text(), "The step that kept it."),
                            Field.required("name", Shape.text(), "The name it was kept under."),
                            Field.required("to", Shape.text(), "The path inside that it is copied to."))),
                    "What is brought in before the step begins."));

    static final Shape CACHE = new Either(List.of(
            Fields.of(
                    Field.optional("files", Shape.texts(), "Files and folders of the host whose content counts."),
                    Field.optional("key", Shape.text(), "Anything else that counts.")),
            Shape.truth()));

    static final Map<String, Field> COMMON = common();

    private StepKeys() {}

    private static Map<String, Field> common() {
        Map<String, Field> fields = new LinkedHashMap<>();
        for (Field field : List.of(
                Field.required("name", Shape.text(), "Its name, of which there is one in the pipeline."),
                Field.required("type", Shape.text(), "What kind of step it is."),
                Field.optional("description", Shape.text(), "What it is for."),
                Field.optional("order", Shape.count(), "When it comes; steps of the same number run side by side."),
                Field.optional("needs", Shape.texts(), "The steps it waits for, instead of an order."),
                Field.optional("conditions", CONDITIONS, "What has to hold for it to run, else it is skipped."),
                Field.optional("retry", RETRY, "How often it is tried, and after which faults."),
                Field.optional("timeout", new Time(), "How long an attempt may take."),
                Field.optional(
                        "total_timeout", new Time(), "How long all attempts may take together, with their waits."),
                Field.optional("continue_on_failure", Shape.truth(), "Whether the rest goes on when it fails."),
                Field.optional("skip", Shape.truth(), "Whether it is left out."),
                Field.optional(
                        "matrix",
                        new Mapping(new Either(
                                List.of(new Listing(new Either(List.of(Shape.text(), SCALARS))), Shape.text()))),
                        "Values for each of whose combinations the step runs once, except those that 'exclude' lists."),
                Field.optional("services", SERVICES, "What runs beside it, on a network of their own."),
                Field.optional("artifacts", ARTIFACTS, "What is copied into it and out of it."),
                Field.optional(
                        "cache", CACHE, "Whether its results are taken again while nothing it depends on changed."),
                Field.optional("engine", Shape.text(), "The engine it runs on, instead of the usual one."),
                Field.optional("grace", new Time(), "How long its software has to end when it is stopped; 10 s."))) {
            fields.put(field.name(), field);
        }
        return fields;
    }
}
