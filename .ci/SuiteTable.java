import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/**
 * Prints the failed tests in full and a table of test suites per engine from Surefire's reports.
 *
 * <p>Run as {@code java SuiteTable.java ROOT [--require ENGINE,...] [--first-jdk-only ENGINE] [--note TEXT] [--problem TEXT] [JDK=FOLDER]...}:
 * the reports of JDK are the files {@code target/FOLDER/TEST-*.xml} anywhere under ROOT. The engine of a suite is in the
 * name of its class, {@code …OnProcessTest}, {@code …OnDockerTest}, {@code …OnKubernetesTest}, {@code …OnPostgresTest}; every other suite needs none.
 *
 * <p>Exits with 1 when a test failed, when a problem was passed in, when a report cannot be read, or when a required
 * engine has no test that ran or a suite of which none ran, on any JDK or on the first if that is said. The last line is {@code N passed, N failed, N skipped}.
 */
final class SuiteTable {
    private static final List<String> ENGINES = List.of("none", "process", "docker", "kubernetes", "postgres", "haproxy", "nginx");
    private static final Pattern ENGINE_OF_CLASS = Pattern.compile("On(Process|Docker|Kubernetes|Postgres|Haproxy|Nginx)Test(?=$|\\$)");
    private static final Set<String> NEVER_ENTERED = Set.of(".git", "src", "node_modules");
    private static final int LINES_OF_FAILURE = 80;
    private static final int LINES_OF_OUTPUT = 40;

    private final Map<Row, Counts> rows = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> jdks = new ArrayList<>();
    private final Set<String> onFirstOnly = new HashSet<>();
    private List<String> required = List.of();

    public static void main(String[] arguments) throws IOException {
        SuiteTable table = new SuiteTable();
        table.read(arguments);
        table.checkRequired();
        table.print();
        System.exit(table.problems.isEmpty() ? 0 : 1);
    }

    private void read(String[] arguments) throws IOException {
        Path root = Path.of(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--require" ->
                    required = Stream.of(arguments[++i].split(","))
                            .map(String::strip)
                            .filter(engine -> !engine.isEmpty())
                            .toList();
                case "--first-jdk-only" -> onFirstOnly.add(arguments[++i]);
                case "--note" -> notes.add(arguments[++i]);
                case "--problem" -> problems.add(arguments[++i]);
                default -> {
                    String[] parts = arguments[i].split("=", 2);
                    jdks.add(parts[0]);
                    for (Path report : reports(root, parts[1])) {
                        readReport(root, report, parts[0]);
                    }
                }
            }
        }
    }

    private static List<Path> reports(Path root, String folder) throws IOException {
        List<Path> found = new ArrayList<>();
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                String name = directory.getFileName() == null
                        ? ""
                        : directory.getFileName().toString();
                if (!name.equals("target")) {
                    return NEVER_ENTERED.contains(name) ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                }
                Path reports = directory.resolve(folder);
                if (Files.isDirectory(reports)) {
                    try (Stream<Path> files = Files.list(reports)) {
                        files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml"))
                                .sorted()
                                .forEach(found::add);
                    }
                }
                return FileVisitResult.SKIP_SUBTREE;
            }
        });
        return found;
    }

    private void readReport(Path root, Path report, String jdk) {
        Element suite;
        try {
            DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
            factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
            var builder = factory.newDocumentBuilder();
            builder.setErrorHandler(null);
            suite = builder.parse(report.toFile()).getDocumentElement();
        } catch (ParserConfigurationException | SAXException e) {
            problems.add("could not read the report " + root.relativize(report) + " (JDK " + jdk + "): "
                    + e.getMessage() + "; the tests' process was probably killed while it wrote it");
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String name = suite.getAttribute("name");
        List<Element> cases = children(suite, "testcase");
        if (cases.isEmpty()) { // what a class leaves that was given up before its first test
            counts(name, engine(name, "none"), jdk).suite(name);
        }
        for (Element test : cases) {
            String owner = test.getAttribute("classname");
            String engine = engine(owner, engine(name, "none"));
            Counts counts = counts(name, engine, jdk).suite(name);
            List<Element> failures = new ArrayList<>(children(test, "failure"));
            failures.addAll(children(test, "error"));
            if (!failures.isEmpty()) {
                counts.failed++;
                counts.ran(name);
                printFailure(name, test, failures, engine, jdk);
            } else if (!children(test, "skipped").isEmpty()) {
                counts.skipped++;
            } else {
                counts.passed++;
                counts.ran(name);
                List<Element> first = new ArrayList<>(children(test, "flakyFailure"));
                first.addAll(children(test, "flakyError"));
                first.stream()
                        .findFirst()
                        .ifPresent(failure -> notes.add("FLAKY, passed only when it was run again: " + name + " > "
                                + test.getAttribute("name") + " (engine " + engine + ", JDK " + jdk + "): "
                                + failure.getAttribute("type") + ": "
                                + failure.getAttribute("message").strip().lines().findFirst().orElse("")));
            }
        }
    }

    private static String engine(String className, String otherwise) {
        Matcher matcher = ENGINE_OF_CLASS.matcher(className);
        String engine = otherwise;
        while (matcher.find()) { // the innermost class says it best
            engine = matcher.group(1).toLowerCase(Locale.ROOT);
        }
        return engine;
    }

    private Counts counts(String suite, String engine, String jdk) {
        return rows.computeIfAbsent(
                new Row(ENGINES.indexOf(engine), jdks.indexOf(jdk), engine, jdk), row -> new Counts());
    }

    private static void printFailure(String suite, Element test, List<Element> failures, String engine, String jdk) {
        String owner = test.getAttribute("classname");
        String method = test.getAttribute("name").isEmpty() ? "(before its tests)" : test.getAttribute("name");
        System.out.printf(
                "%nFAILED %s%s > %s (engine %s, JDK %s, %s s)%n",
                suite, owner.equals(suite) ? "" : " / " + owner, method, engine, jdk, test.getAttribute("time"));
        for (Element failure : failures) {
            List<String> lines = failure.getTextContent().strip().lines().toList();
            if (lines.isEmpty() || lines.get(0).isEmpty()) {
                lines = List.of(failure.getAttribute("type") + ": " + failure.getAttribute("message"));
            }
            lines.stream().limit(LINES_OF_FAILURE).forEach(line -> System.out.println("    " + line));
            if (lines.size() > LINES_OF_FAILURE) {
                System.out.println("    … and " + (lines.size() - LINES_OF_FAILURE) + " more lines");
            }
        }
        for (String stream : List.of("system-out", "system-err")) {
            for (Element output : children(test, stream)) {
                List<String> lines = output.getTextContent().strip().lines().toList();
                int first = Math.max(0, lines.size() - LINES_OF_OUTPUT);
                System.out.println(
                        "    its " + stream + (first > 0 ? ", the last " + LINES_OF_OUTPUT + " lines:" : ":"));
                lines.subList(first, lines.size()).forEach(line -> System.out.println("      " + line));
            }
        }
    }

    private void checkRequired() {
        for (String engine : required) {
            if (!ENGINES.contains(engine)) {
                problems.add("unknown engine '" + engine + "' is required; known are " + String.join(", ", ENGINES));
                continue;
            }
            if (jdks.isEmpty()) {
                problems.add("engine " + engine + " is required, but no test ran");
            }
            int wanted = onFirstOnly.contains(engine) ? Math.min(1, jdks.size()) : jdks.size();
            for (String jdk : jdks.subList(0, wanted)) {
                Counts counts = counts("", engine, jdk);
                if (counts.passed + counts.failed == 0) {
                    problems.add("engine " + engine + " is required, but none of its tests ran on JDK " + jdk);
                } else if (!counts.skippedSuites().isEmpty()) {
                    problems.add("engine " + engine + " is required, but these suites were skipped as a whole on JDK "
                            + jdk + ": " + String.join(", ", counts.skippedSuites()));
                }
            }
        }
    }

    private void print() {
        System.out.printf("%n%-12s %5s %8s %8s %8s %8s%n", "engine", "JDK", "suites", "run", "failed", "skipped");
        int passed = 0;
        int failed = 0;
        int skipped = 0;
        for (Map.Entry<Row, Counts> entry : rows.entrySet()) {
            Counts counts = entry.getValue();
            System.out.printf(
                    "%-12s %5s %8d %8d %8d %8d%n",
                    entry.getKey().engine,
                    entry.getKey().jdk,
                    counts.suites.size(),
                    counts.passed + counts.failed,
                    counts.failed,
                    counts.skipped);
            passed += counts.passed;
            failed += counts.failed;
            skipped += counts.skipped;
            if (!counts.skippedSuites().isEmpty()) {
                notes.add("skipped as a whole on " + entry.getKey().engine + " with JDK " + entry.getKey().jdk + ": "
                        + String.join(", ", counts.skippedSuites()));
            }
        }
        if (passed + failed == 0) {
            problems.add("no test ran");
        }
        if (failed > 0) {
            problems.add(0, failed + (failed == 1 ? " test" : " tests") + " failed; each is shown above");
        }
        System.out.println();
        notes.forEach(note -> System.out.println("note: " + note));
        problems.forEach(problem -> System.out.println("PROBLEM: " + problem));
        System.out.println(problems.isEmpty() ? "verified" : "not verified");
        System.out.printf("%d passed, %d failed, %d skipped%n", passed, failed, skipped);
    }

    private static List<Element> children(Element parent, String name) {
        List<Element> found = new ArrayList<>();
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element && element.getTagName().equals(name)) {
                found.add(element);
            }
        }
        return found;
    }

    private record Row(int engineOrder, int jdkOrder, String engine, String jdk) implements Comparable<Row> {
        @Override
        public int compareTo(Row other) {
            return engineOrder != other.engineOrder ? engineOrder - other.engineOrder : jdkOrder - other.jdkOrder;
        }
    }

    private static final class Counts {
        private final Map<String, Boolean> suites = new TreeMap<>(); // name → whether one of its tests ran
        private int passed;
        private int failed;
        private int skipped;

        private Counts suite(String name) {
            suites.putIfAbsent(name, false);
            return this;
        }

        private void ran(String name) {
            suites.put(name, true);
        }

        private List<String> skippedSuites() {
            return suites.entrySet().stream()
                    .filter(suite -> !suite.getValue())
                    .map(Map.Entry::getKey)
                    .collect(Collectors.toList());
        }
    }
}
