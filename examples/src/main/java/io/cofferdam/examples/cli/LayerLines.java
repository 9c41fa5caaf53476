package io.cofferdam.examples.cli;

import io.cofferdam.resource.LayerProgress;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Shows how far layers are: one line that changes on a terminal, else a line for each phase of a layer. */
final class LayerLines implements AutoCloseable {

    private final Terminal terminal;
    private final boolean silent;
    private final Map<String, LayerProgress> layers = new LinkedHashMap<>();
    private final Map<String, LayerProgress.Phase> told = new HashMap<>();

    LayerLines(Terminal terminal, boolean silent) {
        this.terminal = terminal;
        this.silent = silent;
    }

    /** Called by one thread only, that of the consumer. */
    void show(LayerProgress progress) {
        if (silent) {
            return;
        }
        if (!terminal.errIsTerminal()) {
            if (told.put(progress.layer(), progress.phase()) != progress.phase()) {
                terminal.err().println(Text.visible(progress.layer()) + ": " + phase(progress));
            }
            return;
        }
        layers.put(progress.layer(), progress);
        long done =
                layers.values().stream().filter(layer -> layer.phase().isLast()).count();
        String bytes = progress.total() > 0 ? " " + progress.current() * 100 / progress.total() + " %" : "";
        terminal.err()
                .print("\r\u001b[K" + done + "/" + layers.size() + " layers  " + Text.visible(progress.layer()) + " "
                        + phase(progress) + bytes);
    }

    private static String phase(LayerProgress progress) {
        return progress.phase().name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        if (!silent && terminal.errIsTerminal()) {
            terminal.err().print("\r\u001b[K");
        }
    }
}
