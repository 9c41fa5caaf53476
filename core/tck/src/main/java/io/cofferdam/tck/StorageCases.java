package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images, templates, mounts, volumes and networks. */
abstract class StorageCases extends Cases {

    private Path host;

    @BeforeEach
    void host(@TempDir Path temporary) {
        host = temporary;
    }

    @Test
    @DisplayName("bind: a host folder is seen inside, and what is written inside is seen outside")
    void bind() throws IOException {
        Files.writeString(host.resolve("in.txt"), "from outside");
        EnvironmentSpec spec = shell("web", IDLE)
                .mount(Mount.bind(host, "/shared/data"))
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.BIND_MOUNTS)) {
            assertRefused(Capability.BIND_MOUNTS, spec);
            return;
        }

        IsolatedEnvironment environment = environments().run(spec);

        assertThat(sh(environment, "cat shared/data/in.txt")).isEqualTo("from outside");
        sh(environment, "printf inside > shared/data/out.txt");
        assertThat(host.resolve("out.txt")).hasContent("inside");
        environment.remove();
        assertThat(host.resolve("in.txt")).hasContent("from outside");
        assertThat(host.resolve("out.txt")).exists();
    }

    @Test
    @DisplayName("bind: read-only inside means that nothing is written")
    void readOnlyBind() throws IOException {
        Files.writeString(host.resolve("in.txt"), "from outside");
        EnvironmentSpec spec = shell("web", IDLE)
                .mount(Mount.bind(host, "/shared").asReadOnly())
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.BIND_MOUNTS)) {
            assertRefused(Capability.BIND_MOUNTS, spec);
            return;
        }
        if (!has(Capability.READ_ONLY_MOUNTS)) {
            assertRefused(Capability.READ_ONLY_MOUNTS, spec);
            return;
        }

        IsolatedEnvironment environment = environments().run(spec);

        assertThat(sh(environment, "cat shared/in.txt")).isEqualTo("from outside");
        assertThat(environment.exec("sh", "-c", "echo x > shared/out.txt").succeeded())
                .isFalse();
        assertThat(host.resolve("out.txt")).doesNotExist();
    }

    @Test
    @DisplayName("bind: a host path that does not exist is refused when the environment is created")
    void bindOfNothing() {
        Path missing = host.resolve("missing");
        EnvironmentSpec spec =
                shell("web", IDLE).mount(Mount.bind(missing, "/shared")).build();
        if (!has(Capability.BIND_MOUNTS)) {
            assertRefused(Capability.BIND_MOUNTS, spec);
            return;
        }

        assertThatThrownBy(() -> environments().create(spec))
                .isInstanceOf(CofferdamException.class)
                .hasMessageContaining(missing.toString());

        assertThat(missing).doesNotExist();
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("volume: made on first use, shared by two, kept after both; removed when nobody uses it")
    void volume() {
        String volume = name("data");
        EnvironmentSpec.Builder spec =
                shell("one", IDLE).mount(Mount.volume(volume, "/data")).readyWhen(Readiness.running());
        if (!has(Capability.VOLUMES)) {
            assertRefused(Capability.VOLUMES, spec.build());
            return;
        }
        IsolatedEnvironment one = environments().run(spec.build());
        try {
            IsolatedEnvironment two = environments().run(spec.name(name("two")).build());
            sh(one, "echo kept > data/file");
            assertThat(sh(two, "cat data/file")).isEqualTo("kept\n");
            assertThatThrownBy(() -> engine().volumes().remove(volume)).isInstanceOf(WrongStateException.class);
            one.remove();
            two.remove();

            IsolatedEnvironment three =
                    environments().run(spec.name(name("three")).build());

            assertThat(sh(three, "cat data/file")).isEqualTo("kept\n");
            three.remove();
        } finally {
            environments().select(mine()).remove().orThrow();
            engine().volumes().remove(volume);
        }
        assertThat(engine().volumes().find(volume)).isEmpty();
    }

    @Test
    @DisplayName("volumes: ensured once, found, listed by label, removed once")
    void volumes() {
        String volume = name("data");
        if (!has(Capability.VOLUMES)) {
            assertRefused(Capability.VOLUMES, () -> engine().volumes().ensure(volume, Map.of(LABEL, label())));
            return;
        }

        Volume made = engine().volumes().ensure(volume, Map.of(LABEL, label()));

        assertThat(engine().volumes().ensure(volume, Map.of()).name()).isEqualTo(made.name());
        assertThat(engine().volumes().find(volume))
                .hasValueSatisfying(found -> assertThat(found.name()).isEqualTo(made.name()));
        assertThat(another().volumes().list(mine())).extracting(Volume::name).containsExactly(made.name());
        engine().volumes().remove(volume);
        engine().volumes().remove(volume);
        assertThat(engine().volumes().find(volume)).isEmpty();
    }

    @Test
    @DisplayName("tmpfs: empty at each start")
    void tmpfs() {
        EnvironmentSpec spec = shell("web", IDLE)
                .mount(Mount.tmpfs("/scratch", 1L << 20))
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.TMPFS)) {
            assertRefused(Capability.TMPFS, spec);
            return;
        }
        IsolatedEnvironment environment = environments().run(spec);
        sh(environment, "echo x > scratch/file; cat scratch/file");

        environment.restart();

        assertThat(sh(environment, "ls scratch")).isEmpty();
    }

    @Test
    @DisplayName("image: one that cannot be had is refused, and nothing is left")
    void unknownImage() {
        EnvironmentSpec spec = ours("web", EnvironmentSpec.image("cofferdam-tck/no-such-image:1"))
                .pullPolicy(PullPolicy.NEVER)
                .build();
        if (!has(Capability.IMAGES)) {
            assertRefused(Capability.IMAGES, spec);
            assertRefused(Capability.IMAGES, () -> engine().images().find("cofferdam-tck/no-such-image:1"));
            assertRefused(Capability.IMAGES, () -> engine().images().list());
            return;
        }
        boolean isKnownAtOnce = has(Capability.IMAGE_STORE);

        assertThatThrownBy(() -> {
                    if (isKnownAtOnce) {
                        environments().create(spec);
                    } else {
                        environments().run(spec);
                    }
                })
                .isInstanceOf(ImageNotFoundException.class)
                .hasMessageContaining("cofferdam-tck/no-such-image:1")
                .hasMessageContaining(name("web"));

        assertThat(environments().statuses(mine())).isEmpty();
        if (isKnownAtOnce) {
            assertThat(engine().images().find("cofferdam-tck/no-such-image:1")).isEmpty();
        }
    }

    @Test
    @DisplayName("images: the one an environment is made from is found and listed")
    void images() {
        EnvironmentSpec spec = shell("web", IDLE).build();
        if (!has(Capability.IMAGES)) {
            assertRefused(Capability.IMAGES, () -> engine().images().pull("cofferdam-tck/no-such-image:1"));
            return;
        }
        if (!has(Capability.IMAGE_STORE)) {
            assertRefused(Capability.IMAGE_STORE, () -> engine().images().pull("cofferdam-tck/no-such-image:1"));
            return;
        }
        String image = spec.image().orElseThrow();

        var found = engine().images().find(image).orElseThrow();

        assertThat(found.references()).contains(image);
        assertThat(found.size()).isPositive();
        assertThat(engine().images().list()).extracting(listed -> listed.id()).contains(found.id());
    }

    @Test
    @DisplayName("template: the environment's directory begins as a copy of the folder, permissions included")
    void template() throws IOException {
        Files.createDirectories(host.resolve("conf"));
        Files.writeString(host.resolve("conf/app.conf"), "colour = blue\n");
        Path script = Files.writeString(host.resolve("serve"), "#!/bin/sh\ncat conf/app.conf\nexec sleep 3600\n");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        EnvironmentSpec spec = ours("web", EnvironmentSpec.template(host))
                .withCommand("./serve")
                .readyWhen(Readiness.log("colour"))
                .build();
        if (!has(Capability.TEMPLATES)) {
            assertRefused(Capability.TEMPLATES, spec);
            return;
        }

        IsolatedEnvironment environment = environments().run(spec);

        assertThat(stdout(environment)).containsExactly("colour = blue");
        sh(environment, "echo changed > conf/app.conf");
        assertThat(host.resolve("conf/app.conf")).hasContent("colour = blue\n");
    }

    @Test
    @DisplayName("template: a folder that does not exist is refused, and nothing is left")
    void missingTemplate() {
        Path missing = host.resolve("missing");
        EnvironmentSpec spec = ours("web", EnvironmentSpec.template(missing))
                .withCommand("sh", "-c", IDLE)
                .build();
        if (!has(Capability.TEMPLATES)) {
            assertRefused(Capability.TEMPLATES, spec);
            return;
        }

        assertThatThrownBy(() -> environments().create(spec))
                .isInstanceOf(CofferdamException.class)
                .hasMessageContaining(missing.toString());

        assertThat(environments().statuses(mine())).isEmpty();
    }
}
