package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Reads what a test class declares, with every problem at once. */
final class Declarations {

    private final List<Problem> problems = new ArrayList<>();
    private final Map<String, Declaration> found = new LinkedHashMap<>();

    private Declarations() {}

    /**
     * What is declared for a class, or the run.
     *
     * @param type the test class, whose enclosing classes are not looked at
     * @param instance the one instance of all its tests, or null if each test has its own
     */
    static List<Declaration> ofClass(Class<?> type, @Nullable Object instance) {
        Declarations reading = new Declarations();
        for (Field field : fields(type)) {
            boolean isStatic = Modifier.isStatic(field.getModifiers());
            Scope scope = scope(field, isStatic || instance != null);
            if (isStatic || instance != null) {
                if (scope != Scope.METHOD) {
                    reading.read(field, instance, scope);
                }
            } else if (scope != Scope.METHOD) {
                reading.problem(
                        place(field),
                        "it is to live longer than the instance of the test that has it",
                        "make the field static, or the scope METHOD");
            }
        }
        return reading.result("the environments of " + type.getName());
    }

    /**
     * What is declared for one test.
     *
     * @param instances the test's instance and those around it, outermost first
     * @param perClass whether they are shared by all tests
     * @param method the test's method
     */
    static List<Declaration> ofTest(List<Object> instances, boolean perClass, Method method) {
        Declarations reading = new Declarations();
        for (Object instance : instances) {
            for (Field field : fields(instance.getClass())) {
                boolean isStatic = Modifier.isStatic(field.getModifiers());
                if (scope(field, isStatic || perClass) == Scope.METHOD) {
                    reading.read(field, instance, Scope.METHOD);
                }
            }
        }
        for (Parameter parameter : method.getParameters()) {
            Environment annotation = parameter.getAnnotation(Environment.class);
            if (annotation != null) {
                reading.read(annotation, parameter, method);
            }
        }
        return reading.result(
                "the environments of " + method.getDeclaringClass().getName() + "#" + method.getName());
    }

    private static Scope scope(Field field, boolean shared) {
        Scope scope = field.getAnnotation(Environment.class).scope();
        return scope != Scope.AUTOMATIC ? scope : shared ? Scope.CLASS : Scope.METHOD;
    }

    private static List<Field> fields(Class<?> type) {
        return AnnotationSupport.findAnnotatedFields(
                type, Environment.class, field -> true, HierarchyTraversalMode.TOP_DOWN);
    }

    private void read(Field field, @Nullable Object instance, Scope scope) {
        Environment annotation = field.getAnnotation(Environment.class);
        Preset preset;
        if (field.getType() == Preset.class || field.getType() == EnvironmentSpec.class) {
            Object value = Reflected.get(field, instance);
            if (value == null) {
                problem(place(field), "its value is null", "give it a value where it is declared");
                return;
            }
            preset = value instanceof Preset given ? given : Preset.of((EnvironmentSpec) value);
            if (!annotation.image().isEmpty() || annotation.command().length > 0) {
                problem(place(field), "both its value and its annotation say what to run", "take one of them out");
            }
        } else {
            preset = inline(annotation, place(field));
        }
        add(annotation, field.getName(), scope, preset, place(field));
    }

    private void read(Environment annotation, Parameter parameter, Method method) {
        String place =
                method.getDeclaringClass().getName() + "#" + method.getName() + ", parameter " + parameter.getName();
        if (annotation.name().isEmpty() && !parameter.isNamePresent()) {
            problem(
                    place,
                    "its name is not in the class file",
                    "compile with -parameters, or give it a name in @Environment");
            return;
        }
        if (annotation.scope() != Scope.AUTOMATIC && annotation.scope() != Scope.METHOD) {
            problem(place, "an environment of a parameter lives for its test only", "declare it in a static field");
        }
        add(annotation, parameter.getName(), Scope.METHOD, inline(annotation, place), place);
    }

    private Preset inline(Environment annotation, String place) {
        EnvironmentSpec.Builder spec = EnvironmentSpec.builder().port(annotation.ports());
        if (annotation.image().isEmpty() && annotation.command().length == 0) {
            problem(
                    place,
                    "nothing says what to run",
                    "give @Environment an image or a command, or the field the type Preset or EnvironmentSpec; to"
                            + " inject what is declared elsewhere use @From");
            return Preset.of(EnvironmentSpec.command("false").build());
        }
        if (!annotation.image().isEmpty()) {
            spec.withImage(annotation.image());
        }
        spec.withCommand(annotation.command());
        for (String variable : annotation.env()) {
            int equals = variable.indexOf('=');
            if (equals < 1) {
                problem(place, "a variable of env is not of the form NAME=value", "write its name and = before it");
            } else {
                spec.env(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
        return Preset.of(spec.build());
    }

    private void add(Environment annotation, String element, Scope scope, Preset preset, String place) {
        String name = annotation.name().isEmpty() ? hyphenated(element) : annotation.name();
        if (annotation.pool() < 0 || (annotation.pool() > 0 && scope != Scope.METHOD)) {
            problem(
                    place,
                    "a pool is for environments of a test's own, of which it has at least one",
                    "set scope = Scope.METHOD, or take the pool out");
        }
        if (annotation.pool() > 0
                && (annotation.dependsOn().length > 0 || !annotation.stack().isEmpty())) {
            problem(
                    place,
                    "what comes from a pool was started before the test, in a network of its own",
                    "take dependsOn and stack out; other environments of the test join its network");
        }
        if (annotation.reset() != Reset.NONE && scope == Scope.METHOD && annotation.pool() == 0) {
            problem(
                    place,
                    "there is nothing to put back in an environment that is made anew for each test",
                    "set scope = Scope.CLASS, or a pool");
        }
        if (annotation.reset() == Reset.DATA && preset.dataReset() == null) {
            problem(
                    place,
                    preset + " does not know how its software forgets its data",
                    "use Reset.SNAPSHOT, or a preset that does");
        }
        if (!annotation.reuse().isEmpty() && scope != Scope.RUN) {
            problem(place, "only environments of the run can be kept for later ones", "set scope = Scope.RUN");
        }
        if (!annotation.reuse().isEmpty() && (annotation.dependsOn().length > 0 || annotation.reset() != Reset.NONE)) {
            problem(
                    place,
                    "what is kept for later runs is alone, and as the run before left it",
                    "take dependsOn and reset out, or reuse");
        }
        Declaration before = found.put(
                name,
                new Declaration(
                        name,
                        scope,
                        annotation.stack(),
                        new LinkedHashSet<>(Arrays.asList(annotation.dependsOn())),
                        annotation.reset(),
                        annotation.pool(),
                        annotation.reuse().isEmpty() ? null : Durations.parse(place, annotation.reuse()),
                        preset,
                        place));
        if (before != null) {
            problem(
                    place,
                    "there is an environment '" + name + "' already, of " + before.where(),
                    "name one of them otherwise");
        }
    }

    private List<Declaration> result(String what) {
        if (!problems.isEmpty()) {
            throw new InvalidInputException(what, problems);
        }
        return List.copyOf(found.values());
    }

    /**
     * Checks that dependencies lead somewhere, and not in a circle.
     *
     * @param declared all of one scope
     * @param around names that can be seen from there
     */
    static void checkDependencies(List<Declaration> declared, Set<String> around) {
        List<Problem> problems = new ArrayList<>();
        Map<String, Declaration> byName = new LinkedHashMap<>();
        declared.forEach(declaration -> byName.put(declaration.name(), declaration));
        for (Declaration declaration : declared) {
            for (String needed : declaration.dependsOn()) {
                if (!byName.containsKey(needed) && !around.contains(needed)) {
                    Set<String> known = new TreeSet<>(byName.keySet());
                    known.addAll(around);
                    known.remove(declaration.name());
                    problems.add(new Problem(
                            declaration.where(),
                            "it depends on '" + needed + "', which is not declared for as long a life",
                            known.isEmpty() ? "declare it" : "there are " + String.join(", ", known)));
                }
            }
            declaration.dependsOn().stream()
                    .map(byName::get)
                    .filter(other -> other != null && declaration.scope() == Scope.RUN && other.scope() != Scope.RUN)
                    .forEach(other -> problems.add(new Problem(
                            declaration.where(),
                            "it is one for the run and depends on '" + other.name() + "', which ends before",
                            "give both the same scope")));
            if (reaches(declaration, declaration.name(), byName, new LinkedHashSet<>())) {
                problems.add(new Problem(
                        declaration.where(), "it depends on itself", "take one of the dependencies of the circle out"));
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("what environments depend on", problems);
        }
    }

    private static boolean reaches(Declaration from, String name, Map<String, Declaration> all, Set<String> seen) {
        for (String needed : from.dependsOn()) {
            Declaration next = all.get(needed);
            if (needed.equals(name) || (next != null && seen.add(needed) && reaches(next, name, all, seen))) {
                return true;
            }
        }
        return false;
    }

    /** The name of a field as a host name. */
    static String hyphenated(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
    }

    private static String place(Field field) {
        return field.getDeclaringClass().getName() + "." + field.getName();
    }

    private void problem(String place, String what, String remedy) {
        problems.add(new Problem(place, what, remedy));
    }
}
