package io.cofferdam.junit;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The environments of one test or one class, and, behind them, those that can be seen from there. */
@SuppressWarnings("deprecation") // JUnit before 5.13 closes these only, later ones warn unless it is both.
final class Group implements ExtensionContext.Store.CloseableResource, AutoCloseable {

    final Session session;

    /** The name of the network of those that name no stack. */
    private volatile String stack;

    @Nullable
    private final Group around;

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<Member> own = new ArrayList<>();

    private Group(Session session, String stack, @Nullable Group around) {
        this.session = session;
        this.stack = stack;
        this.around = around;
    }

    /**
     * Starts all that is declared, side by side where dependencies allow it. Either all is ready afterwards, or nothing is left.
     *
     * @param session the engine
     * @param title what its environments are labelled with
     * @param declared what to start
     * @param around what can be seen besides, or null
     */
    static Group start(Session session, String title, List<Declaration> declared, @Nullable Group around) {
        Set<String> seen = around == null ? Set.of() : around.visible().keySet();
        Declarations.checkDependencies(declared, seen);
        Optional<Declaration> pooled =
                declared.stream().filter(declaration -> declaration.pool() > 0).findFirst();
        Group group = new Group(session, session.unique("test"), around);
        new Starts(group, title, declared, pooled.orElse(null)).run();
        return group;
    }

    String stack() {
        return stack;
    }

    /** One that is ready; {@code owned} if it ends with the group. */
    synchronized void add(Member member, boolean owned) {
        members.put(member.declaration.name(), member);
        if (member.isLeased()) {
            stack = member.spec().stack().orElse(stack);
        }
        if (owned) {
            own.add(member);
        }
    }

    synchronized List<Member> own() {
        return List.copyOf(own);
    }

    /** Own members and those around, the nearest of each name. */
    Map<String, Member> visible() {
        Map<String, Member> all = new LinkedHashMap<>();
        if (around != null) {
            all.putAll(around.visible());
        }
        synchronized (this) {
            all.putAll(members);
        }
        return all;
    }

    /** All that a test may have changed: own members and those around that are put back. */
    List<Member> putBackable() {
        return visible().values().stream()
                .filter(member -> member.declaration.reset() != Reset.NONE && !member.isLeased())
                .toList();
    }

    /**
     * Finds one.
     *
     * @param name its name, or empty for the only one
     * @param place who asks, for the message
     */
    Member find(String name, String place) {
        Map<String, Member> all = visible();
        Member found =
                name.isEmpty() && all.size() == 1 ? all.values().iterator().next() : all.get(name);
        if (found != null) {
            return found;
        }
        Collection<String> names = new TreeSet<>(all.keySet());
        throw new InvalidInputException(
                place,
                List.of(new Problem(
                        "environment",
                        name.isEmpty()
                                ? "it does not say which of " + names.size() + " environments it is of"
                                : "there is no environment '" + name + "' here",
                        names.isEmpty()
                                ? "declare one with @Environment"
                                : "name one with @From: there are " + String.join(", ", names))));
    }

    /** Removes what is its own, in reverse, as much side by side as it was started. */
    @Override
    public void close() {
        List<Member> leaving;
        synchronized (this) {
            leaving = new ArrayList<>(own);
            own.clear();
            members.clear();
        }
        if (leaving.isEmpty()) {
            return;
        }
        List<Member> leased = leaving.stream().filter(Member::isLeased).toList();
        leaving.removeAll(leased);
        try {
            new Ends(session.threads, leaving).run();
        } finally {
            // Somebody else's from now on, so not before the others in its network are gone.
            leased.forEach(Member::close);
        }
    }
}
