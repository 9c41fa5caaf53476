package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.VolumeSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes that are made, measured and removed by name, and those that nobody has to remove. */
abstract class VolumeCases extends Cases {

    @Test
    @DisplayName("create: found with its labels and its age; a name that is taken is refused")
    void create() {
        if (refused()) {
            return;
        }
        engine().volumes().create(volume("data"));

        assertThat(another().volumes().list(mine())).extracting(Volume::name).containsExactly(name("data"));
        assertThat(engine().volumes().find(name("data")))
                .hasValueSatisfying(found -> assertThat(found.labels()).containsEntry(LABEL, label()));
        assertThatThrownBy(() -> another().volumes().create(volume("data")))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining(name("data"));
    }

    @Test
    @DisplayName("create: of many who want one name at once, one gets it")
    void oneCreatorWins() {
        if (refused()) {
            return;
        }
        List<Orchestrator> engines = List.of(engine(), another());

        List<Boolean> won = inParallel(IntStream.range(0, 6)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    try {
                        engines.get(i % 2).volumes().create(volume("data"));
                        return true;
                    } catch (NameTakenException later) {
                        return false;
                    }
                })
                .toList());

        assertThat(won).containsOnlyOnce(true);
    }

    @Test
    @DisplayName("temporary: goes with its orchestrator, a named one stays")
    void lifetime() {
        if (refused()) {
            return;
        }
        Orchestrator other = another();
        other.volumes().create(VolumeSpec.temporary(name("mine")).withLabel(LABEL, label()));
        other.volumes().create(volume("kept"));
        other.environments()
                .run(shell("web", IDLE)
                        .mount(Mount.volume(name("mine"), "/data"))
                        .readyWhen(Readiness.running())
                        .build());

        other.close();

        assertThat(engine().volumes().list(mine())).extracting(Volume::name).containsExactly(name("kept"));
        assertThatThrownBy(() -> other.volumes().create(volume("late"))).isInstanceOf(CofferdamException.class);
    }

    @Test
    @DisplayName("temporary mount: survives a restart, is empty after an update, and goes with the environment")
    void temporaryMount() {
        EnvironmentSpec spec = shell("web", IDLE)
                .mount(Mount.temporary("/scratch"))
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.VOLUMES)) {
            assertRefused(Capability.VOLUMES, spec);
            return;
        }
        IsolatedEnvironment environment = environments().run(spec);
        sh(environment, "echo kept > scratch/file");

        environment.restart();
        assertThat(sh(environment, "cat scratch/file")).isEqualTo("kept\n");
        assertThat(environment.spec().mounts()).containsExactly(Mount.temporary("/scratch"));

        environment.update(spec.toBuilder().env("NEW", "yes").build());
        assertThat(sh(environment, "ls scratch")).isEmpty();
        assertThat(engine().volumes().list(mine())).isEmpty();
    }

    @Test
    @DisplayName("sizes: what is stored is told in bytes, of the picked volumes only")
    void sizes() {
        if (refused()) {
            return;
        }
        if (!has(Capability.VOLUME_SIZES)) {
            assertRefused(Capability.VOLUME_SIZES, () -> engine().volumes().sizes(mine()));
            return;
        }
        engine().volumes().create(volume("full"));
        engine().volumes().create(volume("empty"));
        engine().volumes().create(volume("other").withLabel("size", "no"));
        IsolatedEnvironment environment = environments()
                .run(shell("web", IDLE)
                        .mount(Mount.volume(name("full"), "/data"))
                        .readyWhen(Readiness.running())
                        .build());
        sh(environment, "i=0; while [ $i -lt 1024 ]; do printf %01024d 0; i=$((i+1)); done > data/file");

        var sizes = engine().volumes().sizes(mine());

        assertThat(sizes).containsOnlyKeys(name("empty"), name("full"), name("other"));
        assertThat(sizes.get(name("full"))).isBetween(1L << 20, (1L << 20) + 65_536);
        assertThat(sizes.get(name("empty"))).isLessThan(65_536);
        assertThat(engine().volumes().sizes(mine().and("size", "no"))).containsOnlyKeys(name("other"));
    }

    @Test
    @DisplayName("prune: removes what is unused, old enough and carries the labels, and nothing else")
    void prune() {
        if (refused()) {
            return;
        }
        engine().volumes().create(volume("unused"));
        engine().volumes().create(volume("used"));
        environments()
                .run(shell("web", IDLE)
                        .mount(Mount.volume(name("used"), "/data"))
                        .readyWhen(Readiness.running())
                        .build());

        assertThat(engine().volumes().prune(mine(), Duration.ofHours(1))).isEmpty();
        assertThat(engine().volumes().prune(mine().and("keep", "no"), Duration.ZERO))
                .isEmpty();
        assertThat(engine().volumes().prune(mine(), Duration.ZERO)).containsExactly(name("unused"));

        assertThat(engine().volumes().list(mine())).extracting(Volume::name).containsExactly(name("used"));
    }

    @Test
    @DisplayName("bind: every host path that does not exist is told at once, in our words")
    void missingSources(@TempDir Path host) {
        EnvironmentSpec spec = shell("web", IDLE)
                .mount(Mount.bind(host.resolve("one"), "/one"))
                .mount(Mount.bind(host, "/there"))
                .mount(Mount.bind(host.resolve("two"), "/two"))
                .build();
        if (!has(Capability.BIND_MOUNTS)) {
            assertRefused(Capability.BIND_MOUNTS, spec);
            return;
        }

        assertThatThrownBy(() -> environments().create(spec))
                .isInstanceOfSatisfying(
                        InvalidInputException.class,
                        invalid -> assertThat(invalid.problems())
                                .extracting(problem -> problem.where())
                                .containsExactly("mounts./one", "mounts./two"))
                .hasMessageContaining("there is no " + host.resolve("one"))
                .hasMessageContaining("make it first");

        assertThat(environments().statuses(mine())).isEmpty();
    }

    private boolean refused() {
        if (has(Capability.VOLUMES)) {
            return false;
        }
        assertRefused(Capability.VOLUMES, () -> engine().volumes().create(volume("data")));
        return true;
    }

    private VolumeSpec volume(String word) {
        return VolumeSpec.named(name(word)).withLabel(LABEL, label());
    }
}
