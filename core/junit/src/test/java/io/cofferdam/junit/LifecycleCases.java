package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Labels;
import io.cofferdam.stack.Stack;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When environments of tests begin and end, and what is injected. */
abstract class LifecycleCases extends Cases {

    /** What the samples saw. */
    static final List<String> SEEN = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void nothingSeen() {
        SEEN.clear();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(leftBy(LifecycleCases.class)).isEmpty();
    }

    @CofferdamTest
    static class OfTheClass {
        @Environment
        static final Preset GREETER = web();

        @From
        static IsolatedEnvironment injected;

        static Preset web() {
            return Samples.web("hello").withUri("http://{host}:{port}/");
        }

        @BeforeAll
        static void isThereAlready() {
            assertThat(injected.exec("true").succeeded()).isTrue();
        }

        @Test
        void everythingIsInjected(
                IsolatedEnvironment environment,
                Orchestrator engine,
                EnvironmentLogs logs,
                ConnectionDetails details,
                @From("greeter") URI uri,
                @From("greeter") InetSocketAddress address,
                @From Endpoint endpoint,
                @From(port = Samples.PORT) int port,
                @From(value = "greeter", scheme = "ws") URI other,
                @From Stack stack)
                throws Exception {
            SEEN.add(environment.name());
            assertThat(get(uri)).isEqualTo("hello\n");
            assertThat(address.getPort())
                    .isEqualTo(port)
                    .isEqualTo(endpoint.hostPort())
                    .isEqualTo(details.port());
            assertThat(uri).isEqualTo(URI.create("http://" + endpoint + "/")).isEqualTo(details.uri());
            assertThat(other).isEqualTo(endpoint.uri("ws"));
            assertThat(engine.environments().find(environment.name())).isPresent();
            assertThat(stack.instances()).extracting(IsolatedEnvironment::name).containsExactly(environment.name());
            assertThat(logs.text()).isNotNull();
        }

        @Test
        void sharesIt(@From("greeter") IsolatedEnvironment environment) {
            SEEN.add(environment.name());
        }
    }

    @Test
    @DisplayName("class: one environment for all tests of a class, injected in every form, gone afterwards")
    void ofTheClass() {
        succeed(2, OfTheClass.class);

        assertThat(SEEN).hasSize(2);
        assertThat(new HashSet<>(SEEN)).hasSize(1);
    }

    @CofferdamTest
    static class OfEachTest {
        @Environment
        final EnvironmentSpec worker = Samples.says("working");

        @From("worker")
        private IsolatedEnvironment injected;

        @BeforeEach
        void isThereAlready() {
            assertThat(injected.exec("true").succeeded()).isTrue();
        }

        @RepeatedTest(2)
        void hasItsOwn(EnvironmentLogs logs) {
            assertThat(logs.text()).contains("working");
            SEEN.add(injected.name());
            SEEN.add(injected.spec().stack().orElseThrow());
            assertThat(injected.exec("sh", "-c", "test ! -e mark && touch mark").succeeded())
                    .isTrue();
        }
    }

    @Test
    @DisplayName("method: each test has an environment, a name and a network of its own")
    void ofEachTest() {
        succeed(2, OfEachTest.class);

        assertThat(SEEN).hasSize(4).doesNotHaveDuplicates();
    }

    @CofferdamTest
    static class Inline {
        @Test
        void isDeclaredWhereItIsUsed(
                @Environment(
                                name = "here",
                                image = Samples.IMAGE,
                                command = {"sh", "-c", "echo $WORD; sleep 600"},
                                env = "WORD=inline")
                        IsolatedEnvironment here) {
            SEEN.add(here.exec("sh", "-c", "echo $WORD").stdout().strip());
        }
    }

    @Test
    @DisplayName("parameters: an environment is declared where it is used")
    void inline() {
        succeed(1, Inline.class);

        assertThat(SEEN).containsExactly("inline");
    }

    @CofferdamTest
    static class Dependent {
        @Environment(dependsOn = "base")
        static final EnvironmentSpec FRONT = Samples.says("front");

        @Environment
        static final EnvironmentSpec BASE = Samples.says("base");

        @Test
        void inOrder(@From("base") IsolatedEnvironment base, @From("front") IsolatedEnvironment front) {
            assertThat(front.status().created())
                    .isAfter(base.status().startedAt().orElseThrow());
            assertThat(front.spec().stack()).isEqualTo(base.spec().stack());
        }

        @Nested
        class Inside {
            @Environment
            static final EnvironmentSpec MORE = Samples.says("more");

            @Test
            void seesWhatIsAround(@From("base") IsolatedEnvironment base, @From("more") IsolatedEnvironment more) {
                SEEN.add(base.name());
                SEEN.add(more.name());
            }
        }
    }

    @CofferdamTest
    static class AcrossScopes {
        @Environment
        static final EnvironmentSpec BASE = Samples.says("base");

        @Environment(dependsOn = "base")
        final EnvironmentSpec top = Samples.says("top");

        @Test
        void joins(@From("base") IsolatedEnvironment base, @From("top") IsolatedEnvironment top) {
            assertThat(top.spec().networks()).containsKey(base.spec().stack().orElseThrow());
            assertThat(top.spec().stack()).isNotEqualTo(base.spec().stack());
        }
    }

    @Test
    @DisplayName("dependencies across scopes: a member of both networks, or refused with what to do")
    void acrossScopes() {
        boolean several;
        try (Orchestrator engine = open()) {
            several = engine.capabilities().has(Capability.SEVERAL_NETWORKS);
        }
        if (several) {
            succeed(1, AcrossScopes.class);
        } else {
            assertThat(failure(run(AcrossScopes.class)))
                    .hasMessageContaining("several-networks")
                    .hasMessageContaining("the same scope");
        }
    }

    @Test
    @DisplayName("dependencies: in order, and seen from nested classes")
    void dependencies() {
        succeed(2, Dependent.class);

        assertThat(SEEN).hasSize(2).doesNotHaveDuplicates();
    }

    @CofferdamTest
    static class FirstOfRun {
        @Environment(scope = Scope.RUN, name = "shared")
        static final EnvironmentSpec SPEC = Samples.says("shared");

        @Test
        void test(IsolatedEnvironment shared) {
            SEEN.add(shared.name());
        }
    }

    @CofferdamTest
    static class SecondOfRun {
        @Environment(scope = Scope.RUN, name = "shared")
        static final EnvironmentSpec SPEC = Samples.says("shared");

        @Test
        void test(IsolatedEnvironment shared) {
            SEEN.add(shared.name());
        }
    }

    @CofferdamTest
    static class OtherOfRun {
        @Environment(scope = Scope.RUN, name = "shared")
        static final EnvironmentSpec SPEC = Samples.says("something else");

        @Test
        void test(IsolatedEnvironment shared) {
            SEEN.add(shared.name());
        }
    }

    @Test
    @DisplayName("run: classes share what has the same name and content")
    void ofTheRun() {
        succeed(3, FirstOfRun.class, SecondOfRun.class, OtherOfRun.class);

        assertThat(SEEN).hasSize(3);
        assertThat(new HashSet<>(SEEN)).hasSize(2);
    }

    static class Registered {
        @RegisterExtension
        static final CofferdamExtension EXTENSION = CofferdamExtension.builder()
                .environment("first", Samples.says("first"))
                .environment("second", Preset.of(Samples.says("second")), options -> options.scope(Scope.METHOD))
                .build();

        @Test
        void test(@From("second") IsolatedEnvironment second) {
            SEEN.add(EXTENSION.environment("first").name());
            SEEN.add(second.name());
        }
    }

    static class RegisteredForEach {
        @RegisterExtension
        final CofferdamExtension extension = CofferdamExtension.builder()
                .environment("only", Samples.says("only"))
                .build();

        @RepeatedTest(2)
        void test(IsolatedEnvironment only) {
            assertThat(extension.environment("only").name()).isEqualTo(only.name());
            SEEN.add(only.name());
        }
    }

    @Test
    @DisplayName("registered: the same in code, for the class or for each test")
    void registered() {
        succeed(3, Registered.class, RegisteredForEach.class);

        assertThat(SEEN).hasSize(4).doesNotHaveDuplicates();
    }

    @CofferdamTest
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneInstance {
        @Environment
        final EnvironmentSpec only = Samples.says("only");

        @From
        private IsolatedEnvironment injected;

        @BeforeAll
        void isThereAlready() {
            SEEN.add(injected.name());
        }

        @RepeatedTest(2)
        void test() {
            SEEN.add(injected.name());
        }
    }

    @Test
    @DisplayName("one instance for all tests: its fields are of the class")
    void oneInstance() {
        succeed(2, OneInstance.class);

        assertThat(SEEN).hasSize(3);
        assertThat(new HashSet<>(SEEN)).hasSize(1);
    }

    @CofferdamTest
    static class Broken {
        @Environment
        static final EnvironmentSpec GOOD = Samples.says("good");

        @Environment
        static final EnvironmentSpec BAD =
                Samples.shell("echo this is why >&2; exit 3").port(Samples.PORT).build();

        @Test
        void neverRuns() {
            SEEN.add("ran");
        }
    }

    @Test
    @DisplayName("a start that fails: the reason and the last lines, no test, nothing left")
    void broken() {
        Throwable failure = failure(run(Broken.class));

        assertThat(failure).hasMessageContaining("bad").hasMessageContaining("this is why");
        assertThat(SEEN).isEmpty();
        assertThat(leftBy(Broken.class)).isEmpty();
    }

    @CofferdamTest
    static class Aliases {
        @Environment
        static final EnvironmentSpec ONE = Samples.says("one");

        @Environment(stack = "apart")
        static final EnvironmentSpec TWO = Samples.says("two");

        @Test
        void stacks(@From("one") IsolatedEnvironment one, @From("two") IsolatedEnvironment two) {
            assertThat(one.spec().aliases()).containsExactly("one");
            assertThat(two.status().labels().get(Labels.STACK))
                    .isEqualTo(one.status().labels().get(Labels.STACK) + "-apart");
        }
    }

    @Test
    @DisplayName("stacks: environments are reached by their declared names, those of another stack are apart")
    void stacks() {
        succeed(1, Aliases.class);
    }

    private static String get(URI uri) throws IOException, InterruptedException {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
