package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names and labels, and finding environments by them. */
abstract class NameCases extends Cases {

    private static final int RIVALS = 100;

    @ParameterizedTest(name = "''{0}''")
    @DisplayName("name: one that is no host name is refused")
    @ValueSource(strings = {"", "Web", "web_1", "-web", "web-", "web.1", "../web", "wéb", "a b"})
    void invalidNames(String name) {
        assertThatThrownBy(
                        () -> environments().create(shell("x", IDLE).name(name).build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("name");
    }

    @Test
    @DisplayName("create: every problem of a specification is told at once")
    void everyProblemIsTold() {
        EnvironmentSpec.Builder wrong = shell("x", IDLE)
                .name("No Name")
                .env("A=B", "c")
                .stopSignal("stop")
                .label(Labels.PREFIX + "mine", "x");

        InvalidInputException failure = catchThrowableOfType(InvalidInputException.class, wrong::build);

        assertThat(failure).isNotNull();
        assertThat(failure.problems()).hasSize(4);
    }

    @Test
    @DisplayName("name: 63 characters are allowed")
    void theLongestName() {
        String longest = name("x").concat("y".repeat(63)).substring(0, 63);

        IsolatedEnvironment environment = environments()
                .run(shell("x", IDLE)
                        .name(longest)
                        .readyWhen(Readiness.running())
                        .build());

        assertThat(environments().get(longest).status().state()).isEqualTo(EnvironmentState.RUNNING);
        environment.remove();
    }

    @Test
    @DisplayName("create: a taken name is refused, and its owner is left alone")
    void takenName() {
        IsolatedEnvironment first = idle("web");

        assertThatThrownBy(() -> environments().create(shell("web", IDLE).build()))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining(name("web"));

        assertThat(first.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(environments().get(name("web")).id()).isEqualTo(first.id());
    }

    @Test
    @DisplayName("create: a name is free again after the removal")
    void aNameIsFreeAfterTheRemoval() {
        IsolatedEnvironment first = idle("web");
        first.remove();

        IsolatedEnvironment second = idle("web");

        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(first.name()).isEqualTo(second.name());
    }

    @Test
    @DisplayName("create: of many that want the same name at once exactly one gets it, and nothing else is left")
    void manyWantOneName() {
        EnvironmentSpec spec = shell("web", IDLE).build();
        var engines = List.of(engine(), another());

        List<Boolean> won = inParallel(IntStream.range(0, RIVALS)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    try {
                        engines.get(i % 2).environments().create(spec);
                        return true;
                    } catch (NameTakenException e) {
                        return false;
                    }
                })
                .toList());

        assertThat(won).hasSize(RIVALS).containsOnlyOnce(true);
        assertThat(names(environments().statuses(mine()))).containsExactly(name("web"));
        environments().get(name("web")).start();
    }

    @Test
    @DisplayName("find: empty if there is none of that name")
    void findNothing() {
        assertThat(environments().find(name("nobody"))).isEmpty();
    }

    @Test
    @DisplayName("get: not found tells the nearest names there are")
    void getTellsTheNearestNames() {
        environments().create(shell("database", IDLE).build());
        environments().create(shell("frontend", IDLE).build());

        assertThatThrownBy(() -> environments().get(name("databse")))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("'" + name("databse") + "'")
                .hasMessageContaining(name("database"));
    }

    @Test
    @DisplayName("list, statuses: those that carry all of the labels, by name")
    void listByLabels() {
        environments()
                .create(shell("b", IDLE)
                        .label("tier", "front")
                        .label("shop", "x")
                        .build());
        environments().create(shell("a", IDLE).label("tier", "front").build());
        environments().create(shell("c", IDLE).label("tier", "back").build());

        assertThat(environments().list(mine()))
                .extracting(IsolatedEnvironment::name)
                .containsExactly(name("a"), name("b"), name("c"));
        assertThat(environments().list(mine().and("tier", "front")))
                .extracting(IsolatedEnvironment::name)
                .containsExactly(name("a"), name("b"));
        assertThat(names(environments().statuses(mine().and("tier", "front").and("shop", "x"))))
                .containsExactly(name("b"));
        assertThat(names(environments().statuses(mine().and("shop", "")))).containsExactly(name("b"));
        assertThat(environments().statuses(mine().and("tier", "none"))).isEmpty();
        assertThat(names(environments().statuses(LabelSelector.all()))).contains(name("a"), name("b"), name("c"));
    }

    @Test
    @DisplayName("statuses: what they say is what each environment says of itself")
    void statusesAreTheStatus() {
        IsolatedEnvironment ended = runToEnd("ended", "exit 9");
        IsolatedEnvironment running = idle("running");
        IsolatedEnvironment created =
                environments().create(shell("created", IDLE).build());

        List<EnvironmentStatus> statuses = environments().statuses(mine());

        assertThat(statuses).containsExactly(created.status(), ended.status(), running.status());
    }

    @Test
    @DisplayName("label: kept and told with awkward values; the library's own are added")
    void labelsAreKept() {
        IsolatedEnvironment environment = environments()
                .create(shell("web", IDLE)
                        .label("com.example/owner", "Änne \"the\" ops, = team")
                        .label("empty", "")
                        .build());

        assertThat(environment.status().labels())
                .containsEntry("com.example/owner", "Änne \"the\" ops, = team")
                .containsEntry("empty", "")
                .containsEntry(Labels.ENVIRONMENT, name("web"));
        assertThat(environments().statuses(mine().and("com.example/owner", "Änne \"the\" ops, = team")))
                .hasSize(1);
    }
}
