package io.cofferdam.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.doctree.ParamTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closes a gap of doclint in JDK 17, which does not ask for the documentation of a record's components. */
class RecordDocumentationTest {

    @ParameterizedTest
    @ValueSource(strings = {"core", "core/tck", "docker-adapter", "k8s-adapter"})
    @DisplayName("every component of a public record has a @param")
    void everyComponentIsDocumented(String module) throws IOException {
        Path sources = Path.of("..").resolve(module).resolve("src/main/java");
        assertThat(undocumentedComponentsIn(sources)).isEmpty();
    }

    @Test
    @DisplayName("the check itself finds a missing @param, and only where the record can be seen")
    void theCheckFindsWhatIsMissing(@TempDir Path sources) throws IOException {
        // given
        Files.writeString(sources.resolve("Seen.java"), """
                /** @param a documented */
                public record Seen(int a, int b) {
                    interface Hidden { record InHidden(int c) {} }
                    public interface Open { record InOpen(int d) {} }
                    private record Secret(int e) {}
                }
                record PackagePrivate(int f) {}
                """);
        // when
        List<String> missing = undocumentedComponentsIn(sources);
        // then
        assertThat(missing).containsExactlyInAnyOrder("Seen.java: Seen, component b", "Seen.java: InOpen, component d");
    }

    private static List<String> undocumentedComponentsIn(Path folder) throws IOException {
        List<Path> files;
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(file -> file.toString().endsWith(".java")
                            && !file.getFileName().toString().endsWith("-info.java"))
                    .toList();
        }
        if (files.isEmpty()) {
            return List.of();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, manager, null, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
            RecordScanner scanner = new RecordScanner(DocTrees.instance(task));
            for (CompilationUnitTree unit : task.parse()) {
                scanner.scan(unit, null);
            }
            return scanner.missing;
        }
    }

    private static final class RecordScanner extends TreePathScanner<Void, Void> {
        private final DocTrees docs;
        private final List<String> missing = new ArrayList<>();

        RecordScanner(DocTrees docs) {
            this.docs = docs;
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            if (!isSeenFromOutside(tree)) {
                return null;
            }
            if (tree.getKind() == Tree.Kind.RECORD) {
                Set<String> documented = documentedParameters();
                String file = Path.of(getCurrentPath()
                                .getCompilationUnit()
                                .getSourceFile()
                                .getName())
                        .getFileName()
                        .toString();
                tree.getMembers().stream()
                        .filter(VariableTree.class::isInstance)
                        .map(VariableTree.class::cast)
                        .filter(field -> !field.getModifiers().getFlags().contains(Modifier.STATIC))
                        .map(field -> field.getName().toString())
                        .filter(name -> !documented.contains(name))
                        .forEach(name -> missing.add(file + ": " + tree.getSimpleName() + ", component " + name));
            }
            return super.visitClass(tree, null);
        }

        private boolean isSeenFromOutside(ClassTree tree) {
            Set<Modifier> flags = tree.getModifiers().getFlags();
            if (flags.contains(Modifier.PUBLIC) || flags.contains(Modifier.PROTECTED)) {
                return true;
            }
            TreePath parent = getCurrentPath().getParentPath();
            return parent != null
                    && (parent.getLeaf().getKind() == Tree.Kind.INTERFACE
                            || parent.getLeaf().getKind() == Tree.Kind.ANNOTATION_TYPE);
        }

        private Set<String> documentedParameters() {
            DocCommentTree comment = docs.getDocCommentTree(getCurrentPath());
            return comment == null
                    ? Set.of()
                    : comment.getBlockTags().stream()
                            .filter(ParamTree.class::isInstance)
                            .map(ParamTree.class::cast)
                            .filter(param -> !param.isTypeParameter())
                            .map(param -> param.getName().getName().toString())
                            .collect(Collectors.toSet());
        }
    }
}
