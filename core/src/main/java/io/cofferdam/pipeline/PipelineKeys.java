package io.cofferdam.pipeline;

import io.cofferdam.pipeline.Shape.Anything;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.Shape.Fields;
import io.cofferdam.pipeline.Shape.Listing;
import io.cofferdam.pipeline.Shape.Mapping;
import io.cofferdam.pipeline.Shape.Word;
import java.util.List;

/** The keys of a file with a pipeline, but for those of its steps. */
final class PipelineKeys {

    static final Fields PARAMETER = Fields.of(
            Field.optional(
                    "type",
                    new Word(List.of("string", "integer", "boolean", "list", "map")),
                    "What it has to be; a string."),
            Field.optional("default", new Anything(), "What it is when it is not given; without it, it has to be."),
            Field.optional("values", new Listing(Shape.text()), "The only values there may be."),
            Field.optional("description", Shape.text(), "What it is for."));

    static final Shape PARAMETERS = new Mapping(PARAMETER);

    static final Shape TEMPLATES = new Mapping(Fields.of(
            Field.optional("parameters", PARAMETERS, "What its use says under 'with', read as {{params.NAME}}."),
            Field.required("step", new Mapping(new Anything()), "The step; keys of its use win.")));

    static final Fields PIPELINE = Fields.of(
            Field.required("name", Shape.text(), "The pipeline's name."),
            Field.optional("description", Shape.text(), "What it is for."),
            Field.optional("execution_mode", new Word(List.of("local")), "Where it runs; local is all there is."),
            Field.optional("parameters", PARAMETERS, "The values it wants to be given."),
            Field.optional("variables", new Mapping(new Anything()), "Its own variables."),
            Field.optional("include", Shape.texts(), "Files whose templates can be used here."),
            Field.optional("templates", TEMPLATES, "Steps to be used several times."),
            Field.required("steps", new Listing(new Mapping(new Anything())), "Its steps."));

    static final Fields FILE = Fields.of(Field.required("pipeline", new Mapping(new Anything()), "The pipeline."));

    static final Fields INCLUDED =
            Fields.of(Field.required("templates", TEMPLATES, "Steps to be used in other files."));

    private PipelineKeys() {}
}
