package io.cofferdam.examples.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a measurement found: lines for people and the same as a document. */
final class Report {

    private final List<String> lines = new ArrayList<>();
    private final Map<String, Object> document = new LinkedHashMap<>();

    Report fact(String key, Object value, String line) {
        document.put(key, value);
        lines.add(line);
        return this;
    }

    /** Both ways of doing something, their ratio and difference. */
    Report comparison(String rawName, Samples raw, Samples ours) {
        double[] ratio = Samples.ratio(ours, raw);
        Map<String, Object> ratios = new LinkedHashMap<>();
        ratios.put("ofMedians", Samples.round(ratio[0]));
        ratios.put("low95", Samples.round(ratio[1]));
        ratios.put("high95", Samples.round(ratio[2]));
        double more = ours.median() - raw.median();
        fact("raw", raw.document(), rawName + ": " + raw.shown() + ", n = " + raw.count());
        fact("ours", ours.document(), "cofferdam: " + ours.shown() + ", n = " + ours.count());
        fact("ratio", ratios, String.format("ratio: %.3f (95 %% interval %.3f to %.3f)", ratio[0], ratio[1], ratio[2]));
        return fact("differenceMs", Samples.round(more), String.format("difference of medians: %+.2f ms", more));
    }

    List<String> lines() {
        return lines;
    }

    Map<String, Object> document() {
        return document;
    }
}
