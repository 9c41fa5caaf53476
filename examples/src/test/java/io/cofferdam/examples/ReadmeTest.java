package io.cofferdam.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What README.md shows and points to is there and works. */
class ReadmeTest {

    private static final Path ROOT = Path.of("").toAbsolutePath().getParent();

    @Test
    void javaExamplesCompile(@TempDir Path directory) throws IOException {
        List<Path> sources = new ArrayList<>();
        Matcher example = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(ROOT.resolve("README.md")));
        while (example.find()) {
            Matcher name = Pattern.compile("public class (\\w+)").matcher(example.group(1));
            assertThat(name.find()).as("an example is a whole class").isTrue();
            sources.add(Files.writeString(directory.resolve(name.group(1) + ".java"), example.group(1)));
        }

        assertThat(sources).isNotEmpty();
        assertThat(compile(sources, directory)).isEmpty();
    }

    @Test
    void programsOfTheExampleStackCompile(@TempDir Path directory) throws IOException {
        assertThat(compile(
                        List.of(ROOT.resolve("examples/stack/Web.java"), ROOT.resolve("examples/stack/Greeter.java")),
                        directory))
                .isEmpty();
    }

    @ParameterizedTest
    @MethodSource("links")
    void linksLeadSomewhere(String document, String target) {
        assertThat(ROOT.resolve(document).getParent().resolve(target)).exists();
    }

    static Stream<String[]> links() throws IOException {
        Stream.Builder<String[]> links = Stream.builder();
        for (String document : List.of("README.md", "examples/CLI.md")) {
            Matcher link = Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(Files.readString(ROOT.resolve(document)));
            while (link.find()) {
                links.add(new String[] {document, link.group(1)});
            }
        }
        return links.build();
    }

    /** What the compiler complained of. */
    private static String compile(List<Path> sources, Path output) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            Iterable<? extends JavaFileObject> units = files.getJavaFileObjectsFromPaths(sources);
            List<String> options = List.of(
                    "-d",
                    output.toString(),
                    "-cp",
                    System.getProperty("java.class.path"),
                    "--release",
                    "17",
                    "-proc:none");
            boolean compiled = compiler.getTask(complaints, files, null, options, null, units)
                    .call();
            assertThat(compiled).as(complaints.toString()).isTrue();
        }
        return complaints.toString();
    }
}
