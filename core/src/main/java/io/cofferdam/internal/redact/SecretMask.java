package io.cofferdam.internal.redact;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Masks secrets in whatever form they turn up: as they are, line by line, in base64 (also within something longer), encoded for
 * addresses, escaped for JSON. Works on bytes, so that a stream may be written in parts of any size. Immutable; it never shows its
 * secrets.
 */
public final class SecretMask {

    private static final byte[] STARS = "***".getBytes(StandardCharsets.UTF_8);

    /** What is looked for, as an automaton that is a tree with ways back (Aho and Corasick). */
    private final Tree tree;

    private SecretMask(Tree tree) {
        this.tree = tree;
    }

    /**
     * A mask of secrets.
     *
     * @param secrets the values as they are; empty ones are ignored
     * @return the mask
     */
    public static SecretMask of(Collection<String> secrets) {
        Set<String> forms = new LinkedHashSet<>();
        secrets.stream().filter(secret -> !secret.isEmpty()).forEach(secret -> forms.addAll(SecretForms.of(secret)));
        Tree tree = new Tree();
        forms.forEach(form -> tree.add(form.getBytes(StandardCharsets.UTF_8)));
        tree.link();
        return new SecretMask(tree);
    }

    /** States as rows of numbers: most have one child, and a long key in all its forms has many thousands of them. */
    private static final class Tree {
        private final int[] first = new int[256];
        private int[] child = new int[64];
        private int[] sibling = new int[64];
        private byte[] letter = new byte[64];
        private int[] fallback = new int[64];
        private int[] depth = new int[64];
        /** How long the longest form is that ends in a state; 0 for none. */
        private int[] found = new int[64];

        private int size = 1;

        void add(byte[] form) {
            int state = 0;
            for (byte b : form) {
                int to = to(state, b);
                state = to == 0 ? grow(state, b) : to;
            }
            found[state] = form.length;
        }

        private int grow(int from, byte b) {
            if (size == child.length) {
                int more = size * 2;
                child = Arrays.copyOf(child, more);
                sibling = Arrays.copyOf(sibling, more);
                letter = Arrays.copyOf(letter, more);
                fallback = Arrays.copyOf(fallback, more);
                depth = Arrays.copyOf(depth, more);
                found = Arrays.copyOf(found, more);
            }
            int state = size++;
            letter[state] = b;
            depth[state] = depth[from] + 1;
            if (from == 0) {
                first[b & 0xff] = state;
            } else {
                sibling[state] = child[from];
                child[from] = state;
            }
            return state;
        }

        /** The child for a byte, or the root, which is nobody's child. */
        private int to(int state, byte b) {
            if (state == 0) {
                return first[b & 0xff];
            }
            int at = child[state];
            while (at != 0 && letter[at] != b) {
                at = sibling[at];
            }
            return at;
        }

        void link() {
            Deque<Integer> open = new ArrayDeque<>();
            for (int top : first) {
                if (top != 0) {
                    open.add(top);
                }
            }
            while (!open.isEmpty()) {
                int state = open.remove();
                found[state] = Math.max(found[state], found[fallback[state]]);
                for (int at = child[state]; at != 0; at = sibling[at]) {
                    fallback[at] = next(fallback[state], letter[at]);
                    open.add(at);
                }
            }
        }

        int next(int from, byte b) {
            int state = from;
            while (true) {
                int to = to(state, b);
                if (to != 0 || state == 0) {
                    return to;
                }
                state = fallback[state];
            }
        }
    }

    /**
     * Whether there is anything to mask.
     *
     * @return true if there are no secrets
     */
    public boolean isEmpty() {
        return tree.size == 1;
    }

    /**
     * Masks every occurrence of every secret.
     *
     * @param text any text
     * @return the text with {@code ***} in place of each secret, or of each run of adjoining ones
     */
    public String mask(String text) {
        if (isEmpty()) {
            return text;
        }
        ByteArrayOutputStream masked = new ByteArrayOutputStream();
        try (Stream stream = stream(masked)) {
            stream.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] bytes = masked.toByteArray();
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /**
     * A stream that masks what is written to it. It holds back what may be the beginning of a secret until it is clear whether it
     * is, at the latest until it is closed.
     *
     * @param to where it goes; closed with the stream
     * @return the stream, for one thread at a time
     */
    public Stream stream(OutputStream to) {
        return new Stream(this, to);
    }

    /** A stream that masks. */
    public static final class Stream extends OutputStream {

        private final SecretMask mask;
        private final OutputStream to;
        private int state;
        /** What is held back, and how much of its beginning is within a secret or not: one flag for each byte. */
        private byte[] held = new byte[256];

        private boolean[] isSecret = new boolean[256];
        private int count;
        private boolean isInStars;

        private Stream(SecretMask mask, OutputStream to) {
            this.mask = mask;
            this.to = to;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (mask.isEmpty()) {
                to.write(bytes, from, length);
                return;
            }
            ByteArrayOutputStream out = new ByteArrayOutputStream(length + STARS.length);
            for (int i = from; i < from + length; i++) {
                accept(bytes[i], out);
            }
            if (out.size() > 0) {
                out.writeTo(to);
            }
        }

        private void accept(byte b, ByteArrayOutputStream out) {
            if (count == held.length) {
                held = Arrays.copyOf(held, count * 2);
                isSecret = Arrays.copyOf(isSecret, count * 2);
            }
            held[count] = b;
            isSecret[count] = false;
            count++;
            state = mask.tree.next(state, b);
            int length = mask.tree.found[state];
            for (int i = count - length; i < count; i++) {
                isSecret[i] = true;
            }
            release(count - mask.tree.depth[state], out);
        }

        /** Lets go of what no form that is still possible can reach. */
        private void release(int number, ByteArrayOutputStream out) {
            if (number <= 0) {
                return;
            }
            for (int i = 0; i < number; i++) {
                if (!isSecret[i]) {
                    out.write(held[i]);
                    isInStars = false;
                } else if (!isInStars) {
                    out.write(STARS, 0, STARS.length);
                    isInStars = true;
                }
            }
            System.arraycopy(held, number, held, 0, count - number);
            System.arraycopy(isSecret, number, isSecret, 0, count - number);
            count -= number;
        }

        @Override
        public void flush() throws IOException {
            to.flush();
        }

        @Override
        public void close() throws IOException {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            release(count, out);
            out.writeTo(to);
            state = 0;
            to.close();
        }
    }

    /** Says that it is there, and no secret. */
    @Override
    public String toString() {
        return "mask of secrets";
    }
}
