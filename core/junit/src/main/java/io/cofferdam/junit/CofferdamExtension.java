package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.CofferdamException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * The extension behind {@link CofferdamTest}, and the same for test classes that say in code what they need:
 *
 * <pre>{@code
 * class OrdersTest {
 *     @RegisterExtension
 *     static final CofferdamExtension CONTAINERS = CofferdamExtension.builder()
 *             .environment("database", Presets.postgresql())
 *             .environment("web", WEB, options -> options.dependsOn("database").scope(Scope.METHOD))
 *             .build();
 *
 *     @Test
 *     void answers(@From("web") URI web) { … }
 * }
 * }</pre>
 *
 * <p>In a static field it starts its environments for the class, in others for each test, unless their scope says otherwise. Fields
 * and parameters with {@link Environment} and {@link From} work in such classes as well. A class has one extension of this kind.
 *
 * <p>Thread-safe.
 */
@Experimental
public final class CofferdamExtension
        implements ExecutionCondition,
                BeforeAllCallback,
                BeforeEachCallback,
                AfterEachCallback,
                AfterAllCallback,
                ParameterResolver {

    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(CofferdamExtension.class);
    private static final String GROUP = "group";
    private static final String EXTENSION = "extension";

    @Nullable
    private final Builder inCode;

    /** Those in use that this extension started, by the name of their context. */
    private final Map<String, Group> live = new ConcurrentHashMap<>();

    /** For the platform, which makes the extensions of annotations. */
    public CofferdamExtension() {
        this(null);
    }

    private CofferdamExtension(@Nullable Builder inCode) {
        this.inCode = inCode;
    }

    /**
     * Begins an extension for a field with {@code @RegisterExtension}.
     *
     * @return a builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects what an extension starts. Not thread-safe. */
    public static final class Builder {

        private String engine = "";
        private boolean required = true;
        private final Map<String, Declaration> declared = new LinkedHashMap<>();

        private Builder() {}

        /**
         * Sets the engine.
         *
         * @param name {@code docker}, {@code kubernetes} or {@code process}
         * @return this builder
         */
        public Builder engine(String name) {
            engine = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Has the tests skipped, not failed, where the engine cannot be reached.
         *
         * @return this builder
         */
        public Builder optional() {
            required = false;
            return this;
        }

        /**
         * Declares an environment.
         *
         * @param name its name
         * @param spec what it is
         * @return this builder
         */
        public Builder environment(String name, EnvironmentSpec spec) {
            return environment(name, Preset.of(spec));
        }

        /**
         * Declares an environment.
         *
         * @param name its name
         * @param preset what it is
         * @return this builder
         */
        public Builder environment(String name, Preset preset) {
            return environment(name, preset, options -> {});
        }

        /**
         * Declares an environment.
         *
         * @param name its name
         * @param preset what it is
         * @param settings sets how it is to live
         * @return this builder
         * @throws IllegalArgumentException if the name is taken
         */
        public Builder environment(String name, Preset preset, Consumer<EnvironmentOptions> settings) {
            EnvironmentOptions options = new EnvironmentOptions();
            settings.accept(options);
            if (declared.putIfAbsent(name, options.declaration(name, preset)) != null) {
                throw new IllegalArgumentException(
                        "environment '" + name + "' was declared already; name it otherwise");
            }
            return this;
        }

        /**
         * Makes the extension.
         *
         * @return a new extension, which starts nothing before the tests do
         */
        public CofferdamExtension build() {
            Builder copy = new Builder();
            copy.engine = engine;
            copy.required = required;
            copy.declared.putAll(declared);
            return new CofferdamExtension(copy);
        }
    }

    /**
     * An environment of the extension that runs now: one of the class for an extension in a static field, of the test for others.
     *
     * @param name the name it was declared under
     * @return the environment
     * @throws IllegalStateException if none runs, or several classes use this extension at the same time
     */
    public IsolatedEnvironment environment(String name) {
        return current().find(name, "environment(\"" + name + "\")").environment;
    }

    /**
     * How to connect to an environment of the extension that runs now.
     *
     * @param name the name it was declared under
     * @return address, credentials and URIs
     * @throws IllegalStateException as {@link #environment(String)}
     */
    public ConnectionDetails connection(String name) {
        return current().find(name, "connection(\"" + name + "\")").connection();
    }

    private Group current() {
        List<Group> groups = List.copyOf(live.values());
        if (groups.size() != 1) {
            throw new IllegalStateException(
                    groups.isEmpty()
                            ? "no environment of this extension runs; ask for it in a test or a lifecycle method"
                            : groups.size()
                                    + " classes use this extension at the same time; inject with @From instead");
        }
        return groups.get(0);
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        if (context.getTestMethod().isPresent()) {
            return ConditionEvaluationResult.enabled("the class was asked");
        }
        Settings settings = Sessions.settings(context);
        if (isRequired(context) || settings.allRequired()) {
            return ConditionEvaluationResult.enabled("its engine is required");
        }
        try {
            session(context);
            return ConditionEvaluationResult.enabled("its engine is there");
        } catch (CofferdamException missing) {
            return ConditionEvaluationResult.disabled("its engine is not there, and optional: " + missing.getMessage());
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        CofferdamExtension other = store.get(EXTENSION, CofferdamExtension.class);
        if (other != null && other != this) {
            throw new ExtensionConfigurationException(
                    context.getRequiredTestClass().getName()
                            + " has more than one extension of Cofferdam; keep @CofferdamTest or the registered one");
        }
        store.put(EXTENSION, this);
        Class<?> type = context.getRequiredTestClass();
        Object instance =
                context.getTestInstance().filter(made -> isPerClass(context)).orElse(null);
        List<Declaration> declared = new ArrayList<>();
        Group around = store.get(GROUP, Group.class);
        if (around == null) {
            declared.addAll(inCode(Scope.CLASS, Scope.CLASS, Scope.RUN));
        }
        declared.addAll(Declarations.ofClass(type, instance));
        Group group = Group.start(session(context), type.getName(), declared, around);
        store.put(GROUP, group);
        live.put(context.getUniqueId(), group);
        Injection.setFields(type, null, group);
        if (instance != null) {
            Injection.setFieldsThatCanBe(type, instance, group);
        }
    }

    @Override
    public void beforeEach(ExtensionContext context) throws Exception {
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        Group around = store.get(GROUP, Group.class);
        List<Declaration> declared = new ArrayList<>();
        if (around == null) {
            refuseOfClass(context);
            declared.addAll(inCode(Scope.METHOD, Scope.METHOD, Scope.RUN));
        } else {
            declared.addAll(inCode(Scope.CLASS, Scope.METHOD));
            putBack(context, around);
        }
        Method method = context.getRequiredTestMethod();
        List<Object> instances = context.getRequiredTestInstances().getAllInstances();
        declared.addAll(Declarations.ofTest(instances, isPerClass(context), method));
        String title = method.getDeclaringClass().getName() + "." + method.getName();
        Group group = Group.start(session(context), title, declared, around);
        store.put(GROUP, group);
        if (around == null) {
            live.put(context.getUniqueId(), group);
        }
        setInstanceFields(context, group);
    }

    /** What the extension declares itself, of the scopes that are asked for. */
    private List<Declaration> inCode(Scope automatic, Scope... wanted) {
        if (inCode == null) {
            return List.of();
        }
        return inCode.declared.values().stream()
                .map(declaration ->
                        declaration.withScope(declaration.scope() == Scope.AUTOMATIC ? automatic : declaration.scope()))
                .filter(declaration -> List.of(wanted).contains(declaration.scope()))
                .toList();
    }

    private void refuseOfClass(ExtensionContext context) {
        boolean declares = !Declarations.ofClass(context.getRequiredTestClass(), null)
                        .isEmpty()
                || (inCode != null && inCode.declared.values().stream().anyMatch(one -> one.scope() == Scope.CLASS));
        if (declares) {
            throw new ExtensionConfigurationException(
                    context.getRequiredTestClass().getName()
                            + " has environments of the class, and an extension that begins with each test; "
                            + "register the extension in a static field");
        }
    }

    private static void putBack(ExtensionContext context, Group around) throws Exception {
        boolean changed = false;
        for (Member member : around.putBackable()) {
            Concurrency.refuseSharing(context, member.declaration);
            changed |= member.putBack();
        }
        if (changed) {
            // Ports that were chosen may be others now.
            for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
                Injection.setFields(instance.getClass(), null, around);
            }
        }
    }

    private static void setInstanceFields(ExtensionContext context, Group group) {
        if (isPerClass(context) && !group.own().isEmpty()) {
            Concurrency.refuseFields(context);
        }
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            Injection.setFields(instance.getClass(), instance, group);
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        end(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        end(context);
    }

    private void end(ExtensionContext context) {
        live.remove(context.getUniqueId());
        ExtensionContext.Store store = context.getStore(NAMESPACE);
        Group group = store.get(GROUP, Group.class);
        if (group == null) {
            return;
        }
        Optional<Throwable> failure = context.getExecutionException()
                .filter(thrown -> !thrown.getClass().getName().equals("org.opentest4j.TestAbortedException"));
        failure.ifPresent(thrown -> Failures.report(context, group, thrown));
        // Only this context's own: of those around it, get() finds what remove() does not.
        Group own = store.remove(GROUP, Group.class);
        if (own != null) {
            own.close();
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return Injection.concerns(parameter.getParameter());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Group group = context.getStore(NAMESPACE).get(GROUP, Group.class);
        if (group == null) {
            if (parameter.getParameter().getType() == io.cofferdam.engine.Orchestrator.class) {
                return session(context).engine;
            }
            throw new ExtensionConfigurationException("nothing of an environment can be injected into "
                    + parameter.getDeclaringExecutable() + ", because none runs yet");
        }
        return Injection.value(parameter.getParameter(), group);
    }

    private Session session(ExtensionContext context) {
        String engine = inCode != null
                ? inCode.engine
                : Annotations.of(context).map(CofferdamTest::engine).orElse("");
        return Sessions.get(context, engine);
    }

    private boolean isRequired(ExtensionContext context) {
        return inCode != null
                ? inCode.required
                : Annotations.of(context).map(CofferdamTest::required).orElse(true);
    }

    private static boolean isPerClass(ExtensionContext context) {
        return context.getTestInstanceLifecycle().orElse(Lifecycle.PER_METHOD) == Lifecycle.PER_CLASS;
    }
}
