package io.cofferdam.driver;

import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes environments together with their parents. */
final class Children {

    private static final Logger LOG = LoggerFactory.getLogger(Children.class);

    private final EngineSession session;
    private final Consumer<Unit> removal;

    /** Names of environments of which children are known here, so that the removal of others need not ask the engine. */
    private final Set<String> parents = ConcurrentHashMap.newKeySet();

    Children(EngineSession session, Consumer<Unit> removal) {
        this.session = session;
        this.removal = removal;
    }

    /** A child is about to be made: its parent has to be there. */
    void expect(String name, Lifetime lifetime) {
        if (!(lifetime instanceof Lifetime.Child child)) {
            return;
        }
        parents.add(child.parent());
        if (!exists(child.parent())) {
            throw new NotFoundException("could not create '" + name + "' as a child of '" + child.parent() + "': the "
                    + session.engine() + " engine has no environment of that name; create the parent first");
        }
    }

    void seen(Map<String, String> labels) {
        String parent = labels.get(Labels.PARENT);
        if (parent != null) {
            parents.add(parent);
        }
    }

    /**
     * An environment has been removed.
     *
     * @param name its name
     * @param ask whether it may have children that are not known here
     */
    void removed(String name, boolean ask) {
        if (!parents.remove(name) && !ask) {
            return;
        }
        try {
            session.driver
                    .list(LabelSelector.of(Labels.PARENT, name), session.callDeadline())
                    .forEach(removal);
        } catch (CofferdamException failed) {
            LOG.warn(
                    "'{}' was removed, but not all of its children; the next sweep removes them: {}",
                    name,
                    failed.getMessage());
        }
    }

    /** Somebody else removed a unit; during an update that is not the end of its environment. */
    void removedByOthers(String name) {
        if (parents.contains(name) && !exists(name)) {
            removed(name, false);
        }
    }

    boolean isParent(String name) {
        return parents.contains(name);
    }

    private boolean exists(String name) {
        try {
            session.driver.inspect(name, session.callDeadline());
            return true;
        } catch (NotFoundException none) {
            // In the middle of an update its name may be between two units.
            return !session.driver
                    .list(LabelSelector.of(Labels.ENVIRONMENT, name), session.callDeadline())
                    .isEmpty();
        }
    }
}
