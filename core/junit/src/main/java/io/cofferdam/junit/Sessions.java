package io.cofferdam.junit;

import io.cofferdam.error.CofferdamException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The engines that are open for the run, each opened when it is first asked for. */
@SuppressWarnings("deprecation") // What replaces these calls is not in JUnit 5.
final class Sessions {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(Sessions.class);
    private static final String SETTINGS = "settings";

    private Sessions() {}

    /** An engine, or why it could not be opened, so that not every class waits for one that is not there. */
    private static final class Opening implements ExtensionContext.Store.CloseableResource, AutoCloseable {
        @Nullable
        private Session session;

        @Nullable
        private CofferdamException failure;

        Opening(String engine, Settings settings) {
            try {
                session = Session.open(engine, settings);
            } catch (CofferdamException failed) {
                failure = failed;
            }
        }

        Session get() {
            if (session == null) {
                throw Objects.requireNonNull(failure);
            }
            return session;
        }

        @Override
        public void close() {
            if (session != null) {
                session.close();
            }
        }
    }

    static Settings settings(ExtensionContext context) {
        return Objects.requireNonNull(context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        SETTINGS,
                        key -> Settings.read(context::getConfigurationParameter, loader(context)),
                        Settings.class));
    }

    private static ClassLoader loader(ExtensionContext context) {
        ClassLoader own = context.getRequiredTestClass().getClassLoader();
        return own == null ? ClassLoader.getSystemClassLoader() : own;
    }

    /**
     * Opens an engine, or finds it open.
     *
     * @param engine its name; empty for the configured one
     */
    static Session get(ExtensionContext context, String engine) {
        Settings settings = settings(context);
        String name = engine.isEmpty() ? settings.engine() : engine;
        return Objects.requireNonNull(context.getRoot()
                        .getStore(NAMESPACE)
                        .getOrComputeIfAbsent("engine " + name, key -> new Opening(name, settings), Opening.class))
                .get();
    }
}
