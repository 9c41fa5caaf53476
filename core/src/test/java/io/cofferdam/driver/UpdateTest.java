package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Updates, with the engine failing at each of the calls they consist of. */
class UpdateTest {

    /** Kinds of updates that take different ways. */
    enum Way {
        SIDE_BY_SIDE,
        SAME_FIXED_PORT,
        IN_A_STACK,
        NOT_RUNNING,
        STOPPED;

        EnvironmentSpec.Builder spec() {
            EnvironmentSpec.Builder spec = FakeEngine.spec("web");
            return switch (this) {
                case SAME_FIXED_PORT -> spec.publish(PortMapping.fixed(8080, 80));
                case IN_A_STACK -> spec.stack("shop");
                default -> spec;
            };
        }

        IsolatedEnvironment begin(FakeEngine engine) {
            IsolatedEnvironment web =
                    engine.environments().create(spec().env("V", "1").build());
            if (this != NOT_RUNNING) {
                web.start();
            }
            if (this == STOPPED) {
                web.stop();
            }
            return web;
        }

        boolean runs() {
            return this != NOT_RUNNING && this != STOPPED;
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName("an update leaves one unit, the new one, under the name")
    void success(Way way) {
        try (FakeEngine engine = new FakeEngine()) {
            FakeEngine.Events events = engine.events();
            IsolatedEnvironment web = way.begin(engine);

            web.update(way.spec().env("V", "2").build());

            assertThat(engine.driver.unitNames()).containsExactly("web");
            FakeUnit unit = engine.driver.unit("web").orElseThrow();
            assertThat(unit.spec().env()).containsEntry("V", "2");
            assertThat(unit.id).isEqualTo(web.id());
            assertThat(unit.state.isAlive()).isEqualTo(way.runs());
            assertThat(events.of(EnvironmentEvent.Updated.class)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    @DisplayName(
            "whichever call the engine fails at: the old one or the new one has the name and runs if the old one ran,"
                    + " the handle is of that one, and nothing else is left")
    void failureAtEachCall(Way way) {
        List<String> wrong = new ArrayList<>();
        boolean failed = true;
        for (int call = 0; failed; call++) {
            try (FakeEngine engine = new FakeEngine()) {
                IsolatedEnvironment web = way.begin(engine);
                EnvironmentState before = web.status().state();
                engine.driver.failAt(call, new EngineUnavailableException("the fake engine is away"));

                CofferdamException failure = catchThrowableOfType(
                        CofferdamException.class,
                        () -> web.update(way.spec().env("V", "2").build()));

                failed = engine.driver.failNoMore();
                String what = way + " with a failure at call " + call + " ("
                        + (failure == null ? "the update succeeds" : failure.toString()) + "): ";
                problems(engine, web, before, failure != null).forEach(problem -> wrong.add(what + problem));
            }
        }
        assertThat(wrong).isEmpty();
    }

    private static List<String> problems(
            FakeEngine engine, IsolatedEnvironment web, EnvironmentState before, boolean failed) {
        List<String> problems = new ArrayList<>();
        if (!engine.driver.unitNames().equals(List.of("web"))) {
            problems.add("units " + engine.driver.unitNames());
        }
        engine.driver
                .unit("web")
                .ifPresentOrElse(
                        unit -> {
                            if (!unit.id.equals(web.id())) {
                                problems.add("the handle is of " + web.id() + ", the name of " + unit.id);
                            }
                            if (unit.state.isAlive() != before.isAlive()) {
                                problems.add("it was " + before + " and is " + unit.state);
                            }
                            if (failed && !"1".equals(unit.spec().env().get("V"))) {
                                problems.add("the update failed, and yet the new one has the name");
                            }
                        },
                        () -> problems.add("nothing has the name"));
        if (!engine.environments()
                .find("web")
                .map(found -> found.id().equals(web.id()))
                .orElse(false)) {
            problems.add("it is not found by its name");
        }
        return problems;
    }

    @Test
    @DisplayName("an update that was cut off between the two renames is ended forwards by whoever asks for the name")
    void cutOffBetweenTheRenames() {
        try (FakeEngine engine = new FakeEngine()) {
            IsolatedEnvironment web = Way.SIDE_BY_SIDE.begin(engine);
            String id = engine.environments()
                    .create(FakeEngine.spec("other").build())
                    .id();
            engine.driver.remove(id, io.cofferdam.concurrent.Deadline.none());
            engine.driver.rename(web.id(), "web.old", io.cofferdam.concurrent.Deadline.none());

            assertThat(engine.environments().find("web"))
                    .hasValueSatisfying(found -> assertThat(found.id()).isEqualTo(web.id()));
            assertThat(engine.driver.unitNames()).containsExactly("web");
        }
    }

    @Test
    @DisplayName("units that have their name only during an update are not listed")
    void transientUnitsAreHidden() {
        try (FakeEngine engine = new FakeEngine()) {
            IsolatedEnvironment web = Way.SIDE_BY_SIDE.begin(engine);
            List<Integer> seen = new ArrayList<>();
            engine.driver.after(
                    "create",
                    () -> seen.add(
                            engine.environments().statuses(LabelSelector.all()).size()));

            web.update(Way.SIDE_BY_SIDE.spec().env("V", "2").build());

            assertThat(seen).containsExactly(1);
        }
    }

    @Test
    @DisplayName("events of an update are those of one environment, and end with the update")
    void eventsOfAnUpdate() {
        try (FakeEngine engine = new FakeEngine()) {
            IsolatedEnvironment web = Way.SIDE_BY_SIDE.begin(engine);
            FakeEngine.Events events = engine.events();

            web.update(Way.SIDE_BY_SIDE.spec().env("V", "2").build());

            assertThat(Stream.of(events.all()).flatMap(List::stream).map(EnvironmentEvent::name))
                    .containsOnly("web");
            assertThat(events.kinds()).contains("Created", "Started", "Exited", "Removed", "Updated");
        }
    }
}
