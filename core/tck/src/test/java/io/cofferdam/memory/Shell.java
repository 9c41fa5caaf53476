package io.cofferdam.memory;

import io.cofferdam.memory.Statement.Redirect;
import io.cofferdam.memory.Statement.Word;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Runs the scripts that {@link ScriptParser} reads, on the files of one unit. */
final class Shell {

    /** The script has come to its end early. */
    private static final class Exit extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int code;

        Exit(int code) {
            super("exit " + code, null, false, false);
            this.code = code;
        }
    }

    private final MemoryFiles files;
    private final Map<String, String> env;
    private final Signals signals;

    /** Takes what is written: whether to the stream of errors, and the text. */
    private final BiConsumer<Boolean, String> output;

    Shell(MemoryFiles files, Map<String, String> env, Signals signals, BiConsumer<Boolean, String> output) {
        this.files = files;
        this.env = env;
        this.signals = signals;
        this.output = output;
    }

    /** Runs a whole script; gives back its exit code. */
    int run(Statement script) {
        try {
            return statement(script);
        } catch (Exit exit) {
            return exit.code;
        }
    }

    private int statement(Statement statement) {
        if (statement instanceof Statement.Sequence sequence) {
            int status = 0;
            for (Statement each : sequence.statements()) {
                status = statement(each);
            }
            return status;
        }
        if (statement instanceof Statement.And and) {
            int status = statement(and.first());
            return status == 0 ? statement(and.second()) : status;
        }
        if (statement instanceof Statement.Loop loop) {
            while (true) {
                statement(loop.body());
            }
        }
        if (statement instanceof Statement.Background background) {
            // Only ever something that outlasts the test, and is waited for.
            if (!(background.statement() instanceof Statement.Simple simple)
                    || !word(simple.words().get(0)).equals("sleep")) {
                throw unknown(background.toString());
            }
            return 0;
        }
        int status = simple((Statement.Simple) statement);
        trapped();
        return status;
    }

    private void trapped() {
        for (String action = signals.nextTrap(); action != null; action = signals.nextTrap()) {
            statement(ScriptParser.parse(action));
        }
    }

    private int simple(Statement.Simple simple) {
        List<String> words = simple.words().stream().map(this::word).toList();
        BiConsumer<Boolean, String> to = output;
        for (Redirect redirect : simple.redirects()) {
            to = redirected(redirect, to);
        }
        return command(words, to);
    }

    private BiConsumer<Boolean, String> redirected(Redirect redirect, BiConsumer<Boolean, String> otherwise) {
        String target = word(redirect.target());
        boolean isNowhere = target.equals("/dev/null");
        if (!isNowhere && !redirect.appends()) {
            files.write(target, new byte[0], 0644);
        }
        return (isError, text) -> {
            if (isError != redirect.isError()) {
                otherwise.accept(isError, text);
            } else if (!isNowhere) {
                files.append(target, text.getBytes(StandardCharsets.UTF_8));
            }
        };
    }

    /** One command, of those that the contract uses. */
    private int command(List<String> words, BiConsumer<Boolean, String> to) {
        List<String> arguments = words.subList(1, words.size());
        switch (words.get(0)) {
            case ":" -> {
                return 0;
            }
            case "echo" -> {
                to.accept(false, String.join(" ", arguments) + "\n");
                return 0;
            }
            case "touch" -> {
                arguments.forEach(path -> files.append(path, new byte[0]));
                return 0;
            }
            case "rm" -> {
                return arguments.stream().allMatch(files::delete) ? 0 : 1;
            }
            case "cat" -> {
                return cat(arguments.get(0), to);
            }
            case "ls" -> {
                return list(arguments, to);
            }
            case "test" -> {
                if (arguments.size() != 2 || !arguments.get(0).equals("-f")) {
                    throw unknown(words.toString());
                }
                return files.find(arguments.get(1)).isPresent() ? 0 : 1;
            }
            case "exit" -> throw new Exit(Integer.parseInt(arguments.get(0)));
            case "sleep" -> {
                signals.sleep(Duration.ofMillis(Math.round(Double.parseDouble(arguments.get(0)) * 1000)));
                return 0;
            }
            case "exec" -> {
                signals.dropTraps();
                throw new Exit(command(arguments, to));
            }
            case "trap" -> {
                arguments.subList(1, arguments.size()).forEach(signal -> signals.trap(arguments.get(0), signal));
                return 0;
            }
            case "wait" -> {
                signals.awaitSignal();
                return 128;
            }
            default -> throw unknown(words.toString());
        }
    }

    private int cat(String path, BiConsumer<Boolean, String> to) {
        if (files.find(path).isEmpty()) {
            to.accept(true, "cat: " + path + ": No such file or directory\n");
            return 1;
        }
        to.accept(false, files.text(path));
        return 0;
    }

    private int list(List<String> arguments, BiConsumer<Boolean, String> to) {
        if (arguments.get(0).equals("-l")) {
            int mode = files.find(arguments.get(1)).orElseThrow().mode();
            StringBuilder rights = new StringBuilder("-");
            for (int bit = 8; bit >= 0; bit--) {
                rights.append((mode >> bit & 1) == 0 ? '-' : "xwr".charAt(bit % 3));
            }
            to.accept(false, rights + " 1 " + arguments.get(1) + "\n");
            return 0;
        }
        files.list(arguments.get(0)).forEach(name -> to.accept(false, name + "\n"));
        return 0;
    }

    private String word(Word word) {
        StringBuilder text = new StringBuilder();
        for (Statement.Part part : word.parts()) {
            String value = part.variable() == null ? "" : env.getOrDefault(part.variable(), "");
            text.append(value.isEmpty() ? part.text() : value);
        }
        return text.toString();
    }

    private static IllegalArgumentException unknown(String what) {
        return new IllegalArgumentException(
                "the engine in memory does not know the statement " + what + "; teach it, or use a simpler one");
    }
}
