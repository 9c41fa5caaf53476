package io.cofferdam.memory;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One of the few forms of shell statements that the contract's programs are made of. */
sealed interface Statement {

    /** A part of a word: text, or the value of a variable. */
    record Part(String text, @Nullable String variable) {}

    /** A word after quotes are taken away. */
    record Word(List<Part> parts) {}

    /** Where one of the streams goes instead. */
    record Redirect(boolean isError, boolean appends, Word target) {}

    /** A command with its arguments. */
    record Simple(List<Word> words, List<Redirect> redirects) implements Statement {}

    /** One after the other. */
    record Sequence(List<Statement> statements) implements Statement {}

    /** The second if the first succeeds. */
    record And(Statement first, Statement second) implements Statement {}

    /** Beside what follows. */
    record Background(Statement statement) implements Statement {}

    /** Again and again, for ever. */
    record Loop(Statement body) implements Statement {}
}
