package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.CoreValues;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes plain data of trees, and keeps where each part is written. */
final class TreeData {

    private final Map<String, Place> places;

    TreeData(Map<String, Place> places) {
        this.places = places;
    }

    @Nullable
    Object read(Tree tree, String path) {
        places.putIfAbsent(path, tree.place());
        if (tree instanceof Tree.Mapping mapping) {
            Map<String, @Nullable Object> data = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> {
                String at = Data.path(path, key);
                places.put(at + Places.KEY, entry.key());
                places.put(
                        at, entry.value() instanceof Tree.Scalar ? entry.value().place() : entry.key());
                data.put(key, read(entry.value(), at));
            });
            return Collections.unmodifiableMap(data);
        }
        if (tree instanceof Tree.Sequence sequence) {
            List<@Nullable Object> data = new ArrayList<>();
            for (int i = 0; i < sequence.items().size(); i++) {
                data.add(read(sequence.items().get(i), path + "[" + i + "]"));
            }
            return Collections.unmodifiableList(data);
        }
        return scalar((Tree.Scalar) tree);
    }

    static @Nullable Object scalar(Tree.Scalar scalar) {
        return scalar.isNull() ? null : scalar.plain() ? CoreValues.read(scalar.value()) : scalar.value();
    }
}
