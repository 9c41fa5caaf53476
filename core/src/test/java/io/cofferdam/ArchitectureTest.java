package io.cofferdam;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The rooms of core and the arrows between them. A new room is entered here first, with what it looks at. */
class ArchitectureTest {
    private static final String HOUSE = "io.cofferdam";
    private static final String FRONT_DOOR = "";

    /** Room → the rooms it looks at. Arrows are transitive: what a room may look at, it may look through. */
    private static final Map<String, Set<String>> ARROWS = Map.ofEntries(
            Map.entry("api", Set.of()),
            Map.entry("error", Set.of()),
            Map.entry("watcher", Set.of()),
            Map.entry("event", Set.of("concurrent")),
            Map.entry("concurrent", Set.of("error")),
            Map.entry("internal", Set.of("error", "concurrent")),
            Map.entry("environment", Set.of("event", "error", "concurrent", "internal")),
            Map.entry("resource", Set.of("environment")),
            Map.entry("format", Set.of("environment", "error")),
            Map.entry("application", Set.of("environment")),
            Map.entry("compose", Set.of("application")),
            Map.entry("workload", Set.of("application", "environment")),
            Map.entry("engine", Set.of("environment", "resource", "workload", "event", "error")),
            Map.entry(
                    "driver",
                    Set.of(
                            "engine",
                            "environment",
                            "resource",
                            "format",
                            "event",
                            "error",
                            "concurrent",
                            "internal",
                            "watcher")),
            Map.entry("process", Set.of("engine", "driver")),
            Map.entry("pool", Set.of("engine")),
            Map.entry("stack", Set.of("engine")),
            Map.entry("traffic", Set.of("error", "concurrent", "internal")),
            Map.entry("deployment", Set.of("engine", "workload", "traffic", "format")),
            Map.entry("pipeline", Set.of("engine", "deployment")));

    /** Marks that any room may carry. */
    private static final String MARKS = "api";

    private static final Set<String> NEVER_IN_A_SIGNATURE = Set.of(
            "com.fasterxml.", "org.snakeyaml.", "org.yaml.", "com.github.dockerjava.", "io.kubernetes.", "com.google.");

    private static JavaClasses core;

    @BeforeAll
    static void readCore() {
        core = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(HOUSE);
    }

    @Test
    @DisplayName("the table of arrows itself has no cycle and names only rooms it knows")
    void theTableIsSound() {
        ARROWS.values().forEach(targets -> assertThat(ARROWS.keySet()).containsAll(targets));
        ARROWS.keySet()
                .forEach(room -> assertThat(reachableFrom(room))
                        .as("what '%s' looks at must not look back", room)
                        .doesNotContain(room));
    }

    @Test
    @DisplayName("a room looks only along its arrows")
    void roomsLookOnlyAlongTheirArrows() {
        classes()
                .that()
                .resideInAPackage(HOUSE + "..")
                .should(lookOnlyAlongTheArrows())
                .allowEmptyShould(true)
                .check(core);
    }

    @Test
    @DisplayName("no rooms look at each other in a circle")
    void noCyclesBetweenRooms() {
        slices().matching(HOUSE + ".(*)..")
                .should()
                .beFreeOfCycles()
                .allowEmptyShould(true)
                .check(core);
    }

    @Test
    @DisplayName("no public signature mentions a library")
    void publicSignaturesAreOurOwn() {
        classes()
                .that()
                .resideOutsideOfPackage(HOUSE + ".internal..")
                .should(showNoLibraryInTheirSignatures())
                .allowEmptyShould(true)
                .check(core);
    }

    @Test
    @DisplayName("logging goes through SLF4J and nothing is printed")
    void nothingIsPrinted() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("java.util.logging..")
                .orShould(ACCESS_STANDARD_STREAMS)
                .allowEmptyShould(true)
                .check(core);
    }

    @Test
    @DisplayName("what runs in the watcher's process needs nothing but the JDK")
    void theWatcherNeedsNothing() {
        classes()
                .that()
                .resideInAnyPackage(HOUSE + ".watcher..", HOUSE + ".process.watcher..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        HOUSE + ".watcher..",
                        HOUSE + ".process.watcher..",
                        HOUSE + "." + MARKS + "..",
                        "org.jspecify..")
                .check(core);
    }

    @Test
    @DisplayName("classes are named after what they are")
    void namesAreTerms() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Managers?|Helpers?|Utils?)(\\$.*)?")
                .allowEmptyShould(true)
                .check(core);
    }

    private static ArchCondition<JavaClass> lookOnlyAlongTheArrows() {
        return new ArchCondition<>("look only along the arrows of their room") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                String room = roomOf(item);
                if (room.equals(FRONT_DOOR)) {
                    return;
                }
                if (!ARROWS.containsKey(room)) {
                    events.add(SimpleConditionEvent.violated(
                            item, item.getName() + " is in the room '" + room + "', which has no entry in the table"));
                    return;
                }
                Set<String> allowed = reachableFrom(room);
                for (Dependency dependency : item.getDirectDependenciesFromSelf()) {
                    JavaClass target = dependency.getTargetClass().getBaseComponentType();
                    boolean insideTheHouse = target.getPackageName().equals(HOUSE)
                            || target.getPackageName().startsWith(HOUSE + ".");
                    String targetRoom = insideTheHouse ? roomOf(target) : room;
                    if (!targetRoom.equals(room) && !targetRoom.equals(MARKS) && !allowed.contains(targetRoom)) {
                        events.add(SimpleConditionEvent.violated(
                                item, room + " may not look at " + targetRoom + ": " + dependency.getDescription()));
                    }
                }
            }
        };
    }

    private static ArchCondition<JavaClass> showNoLibraryInTheirSignatures() {
        return new ArchCondition<>("show no type of a library in their public signatures") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                if (!isSeenFromOutside(item)) {
                    return;
                }
                Stream<JavaClass> ownTypes = Stream.of(
                                item.getRawSuperclass().stream(),
                                item.getRawInterfaces().stream(),
                                item.getAnnotations().stream().map(annotation -> annotation.getRawType()))
                        .flatMap(types -> types);
                report(item, item.getName(), ownTypes, events);
                for (JavaMember member : item.getMembers()) {
                    if (isOpen(member.getModifiers())) {
                        report(item, member.getFullName(), typesOf(member), events);
                    }
                }
            }
        };
    }

    private static void report(JavaClass item, String where, Stream<JavaClass> types, ConditionEvents events) {
        types.map(type -> type.getBaseComponentType().getName())
                .filter(name -> NEVER_IN_A_SIGNATURE.stream().anyMatch(name::startsWith))
                .distinct()
                .forEach(name -> events.add(SimpleConditionEvent.violated(item, where + " mentions " + name)));
    }

    private static Stream<JavaClass> typesOf(JavaMember member) {
        Stream<JavaClass> annotations = member.getAnnotations().stream().map(annotation -> annotation.getRawType());
        Stream<JavaClass> types = Stream.empty();
        if (member instanceof JavaField field) {
            types = field.getType().getAllInvolvedRawTypes().stream();
        } else if (member instanceof JavaCodeUnit code) {
            types = Stream.of(
                            code.getReturnType().getAllInvolvedRawTypes().stream(),
                            code.getParameterTypes().stream().flatMap(type -> type.getAllInvolvedRawTypes().stream()),
                            code.getRawParameterTypes().stream(),
                            code.getExceptionTypes().stream())
                    .flatMap(all -> all);
        }
        return Stream.concat(annotations, types);
    }

    private static boolean isSeenFromOutside(JavaClass item) {
        return isOpen(item.getModifiers())
                && item.getEnclosingClass()
                        .map(ArchitectureTest::isSeenFromOutside)
                        .orElse(true);
    }

    private static boolean isOpen(Set<JavaModifier> modifiers) {
        return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
    }

    private static String roomOf(JavaClass item) {
        String name = item.getPackageName();
        return name.equals(HOUSE)
                ? FRONT_DOOR
                : name.substring(HOUSE.length() + 1).split("\\.", 2)[0];
    }

    private static Set<String> reachableFrom(String room) {
        Set<String> reached = new LinkedHashSet<>();
        Deque<String> next = new ArrayDeque<>(ARROWS.getOrDefault(room, Set.of()));
        while (!next.isEmpty()) {
            String target = next.remove();
            if (reached.add(target)) {
                next.addAll(ARROWS.getOrDefault(target, Set.of()));
            }
        }
        return reached;
    }
}
