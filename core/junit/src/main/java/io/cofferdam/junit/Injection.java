package io.cofferdam.junit;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.stack.Stack;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** What {@link From} asks for. */
final class Injection {

    private static final Set<Class<?>> UNMISTAKABLE =
            Set.of(Orchestrator.class, IsolatedEnvironment.class, ConnectionDetails.class, EnvironmentLogs.class);

    private Injection() {}

    /** Whether a parameter is for this extension to resolve. */
    static boolean concerns(Parameter parameter) {
        return parameter.isAnnotationPresent(From.class)
                || parameter.isAnnotationPresent(Environment.class)
                || UNMISTAKABLE.contains(parameter.getType());
    }

    static Object value(Parameter parameter, Group group) {
        String place = "parameter " + parameter.getName() + " of " + parameter.getDeclaringExecutable();
        Environment declared = parameter.getAnnotation(Environment.class);
        String name = declared == null ? "" : declared.name();
        if (declared != null && name.isEmpty()) {
            name = Declarations.hyphenated(parameter.getName());
        }
        return value(parameter.getType(), parameter.getAnnotation(From.class), name, place, group);
    }

    /** Sets those instance fields whose environment runs already. */
    static void setFieldsThatCanBe(Class<?> type, Object instance, Group group) {
        setFields(type, instance, group, true);
    }

    /**
     * Sets the annotated fields.
     *
     * @param type the class whose fields, and those of its superclasses, are set
     * @param instance the object for fields that are not static, or null to set the static ones
     */
    static void setFields(Class<?> type, @Nullable Object instance, Group group) {
        setFields(type, instance, group, false);
    }

    private static void setFields(Class<?> type, @Nullable Object instance, Group group, boolean passOver) {
        for (Field field : AnnotationSupport.findAnnotatedFields(
                type, From.class, field -> true, HierarchyTraversalMode.TOP_DOWN)) {
            String wanted = field.getAnnotation(From.class).value();
            boolean isStatic = Modifier.isStatic(field.getModifiers());
            if (isStatic == (instance == null) && (!passOver || isThere(wanted, group))) {
                set(field, instance, field.getAnnotation(From.class), "", group);
            }
        }
        for (Field field : AnnotationSupport.findAnnotatedFields(
                type, Environment.class, Injection::isInjected, HierarchyTraversalMode.TOP_DOWN)) {
            Environment annotation = field.getAnnotation(Environment.class);
            String name = annotation.name().isEmpty() ? Declarations.hyphenated(field.getName()) : annotation.name();
            boolean isStatic = Modifier.isStatic(field.getModifiers());
            boolean isThere = group.visible().containsKey(name);
            if (isStatic == (instance == null) && isThere) {
                set(field, instance, null, name, group);
            }
        }
    }

    private static boolean isThere(String name, Group group) {
        return name.isEmpty() ? group.visible().size() == 1 : group.visible().containsKey(name);
    }

    /** Whether objects of a class have fields that are set. */
    static boolean hasInstanceFields(Class<?> type) {
        return Stream.concat(
                        AnnotationSupport.findAnnotatedFields(type, From.class).stream(),
                        AnnotationSupport.findAnnotatedFields(type, Environment.class).stream()
                                .filter(Injection::isInjected))
                .anyMatch(field -> !Modifier.isStatic(field.getModifiers()));
    }

    private static boolean isInjected(Field field) {
        return field.getType() != Preset.class && field.getType() != io.cofferdam.environment.EnvironmentSpec.class;
    }

    private static void set(Field field, @Nullable Object instance, @Nullable From from, String name, Group group) {
        String place = field.getDeclaringClass().getName() + "." + field.getName();
        Reflected.set(field, instance, value(field.getType(), from, name, place, group));
    }

    private static Object value(Class<?> type, @Nullable From from, String name, String place, Group group) {
        if (type == Orchestrator.class) {
            return group.session.engine;
        }
        Member member = group.find(from == null ? name : from.value(), place);
        if (type == IsolatedEnvironment.class) {
            return member.environment;
        }
        if (type == EnvironmentLogs.class) {
            IsolatedEnvironment environment = member.environment;
            return (EnvironmentLogs) environment::logs;
        }
        if (type == Stack.class) {
            return Stack.of(group.session.engine, member.spec().stack().orElse(member.environment.name()));
        }
        return ofPort(type, from, place, member);
    }

    private static Object ofPort(Class<?> type, @Nullable From from, String place, Member member) {
        String name = member.declaration.name();
        int port = from == null || from.port() == 0 ? Preset.firstPort(name, member.spec()) : from.port();
        Endpoint endpoint = member.environment.endpoint(port);
        if (type == Endpoint.class) {
            return endpoint;
        }
        if (type == InetSocketAddress.class) {
            return endpoint.address();
        }
        if (type == int.class || type == Integer.class) {
            return endpoint.hostPort();
        }
        ConnectionDetails details = member.declaration.preset().connection(name, endpoint);
        if (type == ConnectionDetails.class) {
            return details;
        }
        URI uri = uri(from, member.declaration.preset(), endpoint, details);
        if (type == URI.class) {
            return uri;
        }
        if (type == String.class) {
            return details.jdbcUrl().isEmpty() ? uri.toString() : details.jdbcUrl();
        }
        throw new InvalidInputException(
                place,
                List.of(new Problem(
                        "type",
                        "nothing of the type " + type.getName() + " can be injected",
                        "take IsolatedEnvironment, ConnectionDetails, Endpoint, InetSocketAddress, URI, String, int, "
                                + "EnvironmentLogs, Stack or Orchestrator")));
    }

    private static URI uri(@Nullable From from, Preset preset, Endpoint endpoint, ConnectionDetails details) {
        if (from != null && !from.scheme().isEmpty()) {
            return endpoint.uri(from.scheme());
        }
        return preset.hasUri() && (from == null || from.port() == 0) ? details.uri() : endpoint.uri("http");
    }
}
