package io.cofferdam.docker;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What this adapter may reach, on the class path too, where the module system does not say no. */
class ArchitectureTest {
    private static final String HOME = "io.cofferdam.docker";
    private static JavaClasses adapter;

    @BeforeAll
    static void readAdapter() {
        adapter = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(HOME);
    }

    @Test
    @DisplayName("the adapter reaches only packages of core that core exports to it")
    void onlyExportedPackagesAreReached() throws IOException {
        Set<String> exported = exportedByCore();
        assertThat(exported).doesNotContain("io.cofferdam.internal", "io.cofferdam.process");

        noClasses()
                .should()
                .dependOnClassesThat(are(insideCoreBut(exported)))
                .allowEmptyShould(true)
                .check(adapter);
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
                .check(adapter);
    }

    @Test
    @DisplayName("what runs in the watcher's process needs nothing but the JDK")
    void theWatcherNeedsNothing() {
        classes()
                .that()
                .resideInAPackage(HOME + ".watcher..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "javax.net..", HOME + ".watcher..", "io.cofferdam.watcher..", "org.jspecify..")
                .check(adapter);
    }

    @Test
    @DisplayName("classes are named after what they are")
    void namesAreTerms() {
        noClasses()
                .should()
                .haveNameMatching(".*(Impl|Managers?|Helpers?|Utils?)(\\$.*)?")
                .allowEmptyShould(true)
                .check(adapter);
    }

    private static DescribedPredicate<JavaClass> insideCoreBut(Set<String> exported) {
        return describe("in a package that core does not export", type -> {
            String name = type.getBaseComponentType().getPackageName();
            boolean ofCofferdam = name.equals("io.cofferdam") || name.startsWith("io.cofferdam.");
            boolean ours = name.equals(HOME) || name.startsWith(HOME + ".");
            return ofCofferdam && !ours && !exported.contains(name);
        });
    }

    private static Set<String> exportedByCore() throws IOException {
        for (URL url : Collections.list(ArchitectureTest.class.getClassLoader().getResources("module-info.class"))) {
            Optional<ModuleDescriptor> descriptor = read(url);
            if (descriptor.isPresent() && descriptor.get().name().equals("io.cofferdam.core")) {
                return descriptor.get().exports().stream()
                        .filter(export ->
                                !export.isQualified() || export.targets().contains(HOME))
                        .map(ModuleDescriptor.Exports::source)
                        .collect(Collectors.toSet());
            }
        }
        throw new AssertionError("the module descriptor of io.cofferdam.core is not on the class path");
    }

    private static Optional<ModuleDescriptor> read(URL url) throws IOException {
        try (InputStream in = url.openStream()) {
            return Optional.of(ModuleDescriptor.read(in));
        }
    }
}
