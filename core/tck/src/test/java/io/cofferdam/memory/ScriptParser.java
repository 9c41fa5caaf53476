package io.cofferdam.memory;

import io.cofferdam.memory.Statement.Part;
import io.cofferdam.memory.Statement.Redirect;
import io.cofferdam.memory.Statement.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the few forms of shell scripts that the contract uses; anything else is an error that names it. */
final class ScriptParser {

    private static final String SPECIAL = ";&{}<>|()";

    private final String text;
    private int at;

    private ScriptParser(String text) {
        this.text = text;
    }

    static Statement parse(String script) {
        ScriptParser parser = new ScriptParser(script);
        Statement all = parser.sequence(Set.of());
        if (parser.at < script.length()) {
            throw parser.unknown("an end of something that was not begun");
        }
        return all;
    }

    private Statement sequence(Set<String> ends) {
        List<Statement> statements = new ArrayList<>();
        while (true) {
            blanks();
            if (at == text.length() || ends.stream().anyMatch(this::isAtWord)) {
                return new Statement.Sequence(statements);
            }
            Statement next = conjunction();
            blanks();
            if (take("&")) {
                next = new Statement.Background(next);
            } else if (!take(";") && at < text.length() && ends.stream().noneMatch(this::isAtWord)) {
                throw unknown("a statement that does not end");
            }
            statements.add(next);
        }
    }

    private Statement conjunction() {
        Statement first = single();
        blanks();
        while (take("&&")) {
            blanks();
            first = new Statement.And(first, single());
            blanks();
        }
        return first;
    }

    private Statement single() {
        if (takeWord("{")) {
            Statement group = sequence(Set.of("}"));
            require("}");
            return group;
        }
        if (takeWord("while")) {
            blanks();
            require(":");
            blanks();
            require(";");
            blanks();
            require("do");
            Statement body = sequence(Set.of("done"));
            require("done");
            return new Statement.Loop(body);
        }
        List<Word> words = new ArrayList<>();
        List<Redirect> redirects = new ArrayList<>();
        while (true) {
            blanks();
            Redirect redirect = redirect();
            if (redirect != null) {
                redirects.add(redirect);
            } else if (at < text.length() && SPECIAL.indexOf(text.charAt(at)) < 0) {
                words.add(word());
            } else {
                break;
            }
        }
        if (words.isEmpty()) {
            throw unknown("a statement without a command");
        }
        return new Statement.Simple(words, redirects);
    }

    private @Nullable Redirect redirect() {
        boolean isError = text.startsWith("2>", at);
        if (!isError && !text.startsWith(">", at)) {
            return null;
        }
        at += isError ? 2 : 1;
        boolean appends = take(">");
        blanks();
        return new Redirect(isError, appends, word());
    }

    private Word word() {
        List<Part> parts = new ArrayList<>();
        StringBuilder plain = new StringBuilder();
        boolean isQuoted = false;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                isQuoted = !isQuoted;
                at++;
            } else if (c == '\'' && !isQuoted) {
                int end = text.indexOf('\'', at + 1);
                if (end < 0) {
                    throw unknown("a quote that does not end");
                }
                plain.append(text, at + 1, end);
                at = end + 1;
            } else if (text.startsWith("${", at)) {
                flush(plain, parts);
                parts.add(variable());
            } else if (c == '$' || c == '`' || c == '\\' || c == '*' || c == '?') {
                throw unknown("an expansion");
            } else if (!isQuoted && (Character.isWhitespace(c) || SPECIAL.indexOf(c) >= 0)) {
                break;
            } else {
                plain.append(c);
                at++;
            }
        }
        flush(plain, parts);
        return new Word(parts);
    }

    /** {@code ${NAME:-default}} or {@code ${NAME}}. */
    private Part variable() {
        int end = text.indexOf('}', at);
        String inside = text.substring(at + 2, end);
        int separator = inside.indexOf(":-");
        at = end + 1;
        return separator < 0
                ? new Part("", inside)
                : new Part(inside.substring(separator + 2), inside.substring(0, separator));
    }

    private static void flush(StringBuilder plain, List<Part> parts) {
        if (!plain.isEmpty()) {
            parts.add(new Part(plain.toString(), null));
            plain.setLength(0);
        }
    }

    private void blanks() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean isAtWord(String word) {
        int end = at + word.length();
        return text.startsWith(word, at)
                && (end == text.length()
                        || Character.isWhitespace(text.charAt(end))
                        || SPECIAL.indexOf(text.charAt(end)) >= 0);
    }

    private boolean takeWord(String word) {
        boolean is = isAtWord(word);
        at += is ? word.length() : 0;
        return is;
    }

    /** An operator, and not the beginning of a longer one. */
    private boolean take(String operator) {
        boolean is = text.startsWith(operator, at) && !(operator.equals("&") && text.startsWith("&&", at));
        at += is ? operator.length() : 0;
        return is;
    }

    private void require(String word) {
        if (!text.startsWith(word, at)) {
            throw unknown("something else than '" + word + "'");
        }
        at += word.length();
    }

    private IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException("the engine in memory does not know " + what + " at '" + text.substring(at)
                + "' in the script '" + text + "'; teach it, or use a simpler one");
    }
}
