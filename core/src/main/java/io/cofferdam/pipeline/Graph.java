package io.cofferdam.pipeline;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Steps and what each waits for. */
final class Graph {

    final List<Node> nodes;
    private final Map<String, Node> byName = new HashMap<>();
    private final Map<Integer, BitSet> ancestors = new HashMap<>();

    /** The results that any step of the graph has and others read by their names alone. */
    private final java.util.Set<String> flowing = new java.util.HashSet<>();

    Graph(List<Node> nodes) {
        this.nodes = nodes;
        nodes.stream()
                .filter(node -> node.provider != null)
                .forEach(node -> flowing.addAll(node.provider().schema().flowing()));
        for (Node node : nodes) {
            if (!node.isGate()) {
                byName.putIfAbsent(node.name, node);
            }
        }
    }

    @Nullable
    Node find(String name) {
        return byName.get(name);
    }

    Iterable<String> names() {
        return byName.keySet();
    }

    /** Fills in what comes after each, and the ranks. Those that wait for each other in a circle are given back. */
    List<Node> rank() {
        int[] open = new int[nodes.size()];
        int[] followers = new int[nodes.size()];
        for (Node node : nodes) {
            for (int before : node.before) {
                followers[before]++;
            }
            open[node.index] = node.before.length;
        }
        for (Node node : nodes) {
            node.after = new int[followers[node.index]];
        }
        for (Node node : nodes) {
            for (int before : node.before) {
                nodes.get(before).after[--followers[before]] = node.index;
            }
        }
        PriorityQueue<Integer> ready = new PriorityQueue<>();
        for (Node node : nodes) {
            if (open[node.index] == 0) {
                ready.add(node.index);
            }
        }
        int rank = 0;
        while (!ready.isEmpty()) {
            Node node = nodes.get(ready.remove());
            node.rank = rank++;
            for (int after : node.after) {
                if (--open[after] == 0) {
                    ready.add(after);
                }
            }
        }
        if (rank == nodes.size()) {
            return List.of();
        }
        return circle(open);
    }

    /** One circle: from any that is open, always on to one that it waits for and that is open too. */
    private List<Node> circle(int[] open) {
        int at = 0;
        while (open[at] == 0) {
            at++;
        }
        List<Node> way = new ArrayList<>();
        BitSet seen = new BitSet();
        while (!seen.get(at)) {
            seen.set(at);
            way.add(nodes.get(at));
            int next = at;
            for (int before : nodes.get(at).before) {
                if (open[before] > 0) {
                    next = before;
                }
            }
            at = next;
        }
        return way.subList(way.indexOf(nodes.get(at)), way.size());
    }

    /** Everything a node waits for, directly or not. */
    synchronized BitSet ancestors(Node node) {
        BitSet known = ancestors.get(node.index);
        if (known != null) {
            return known;
        }
        BitSet all = new BitSet();
        Deque<Integer> open = new ArrayDeque<>();
        open.add(node.index);
        while (!open.isEmpty()) {
            for (int before : nodes.get(open.remove()).before) {
                if (!all.get(before)) {
                    all.set(before);
                    open.add(before);
                }
            }
        }
        ancestors.put(node.index, all);
        return all;
    }

    boolean hasFlowing() {
        return !flowing.isEmpty();
    }

    /** The steps before a node that have a result others read by its name alone, the last one first. */
    List<Node> sources(Node node, String name) {
        List<Node> sources = new ArrayList<>();
        if (!flowing.contains(name)) {
            return sources;
        }
        ancestors(node).stream()
                .mapToObj(nodes::get)
                .filter(each -> each.provider != null
                        && each.provider.schema().flowing().contains(name))
                .forEach(sources::add);
        sources.sort((one, other) -> Integer.compare(other.rank, one.rank));
        return sources;
    }
}
