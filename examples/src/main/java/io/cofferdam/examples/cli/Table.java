package io.cofferdam.examples.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows in columns that are as wide as their widest cell. Cells are made visible, so no name can break the table. */
final class Table {

    private final List<List<String>> rows = new ArrayList<>();

    Table(String... titles) {
        rows.add(List.of(titles));
    }

    void row(Object... cells) {
        List<String> row = new ArrayList<>();
        for (Object cell : cells) {
            String text = Text.visible(String.valueOf(cell));
            row.add(text.isEmpty() ? "-" : text);
        }
        rows.add(row);
    }

    void print(Terminal terminal) {
        print(terminal.out(), terminal.colour());
    }

    private void print(PrintStream out, boolean colour) {
        int columns = rows.get(0).size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], width(row.get(i)));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row.get(i));
                if (i < columns - 1) {
                    line.append(" ".repeat(widths[i] - width(row.get(i)) + 2));
                }
            }
            boolean title = row == rows.get(0);
            out.println(colour && title ? "\u001b[1m" + line + "\u001b[0m" : line.toString());
        }
    }

    private static int width(String text) {
        return text.codePointCount(0, text.length());
    }
}
