package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.application.Application;
import io.cofferdam.application.Build;
import io.cofferdam.application.Content;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.SecretDefinition;
import io.cofferdam.application.Service;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Releases: what they are checked for, and what they are made from, which nobody changes afterwards. */
abstract class ReleaseCases extends WorkloadCases {

    private Path folder;

    @BeforeEach
    void folder(@TempDir Path temporary) {
        folder = temporary;
    }

    @Test
    @DisplayName("prepare: the same content has the same revision, also when it was prepared before")
    void sameRevision() {
        Application application = application()
                .service(script("web", IDLE))
                .service(script("worker", IDLE))
                .build();

        Prepared once = prepare(application);
        Prepared again = prepare(once.application());

        assertThat(once.revisions()).containsOnlyKeys("web", "worker");
        assertThat(again.revisions()).isEqualTo(once.revisions());
        assertThat(again.application()).isEqualTo(once.application());
        Prepared changed = prepare(application.toBuilder()
                .change("web", web -> web.env("COLOUR", "blue"))
                .build());
        assertThat(changed.revision("web")).isNotEqualTo(once.revision("web"));
        assertThat(changed.revision("worker")).isEqualTo(once.revision("worker"));
    }

    @Test
    @DisplayName("prepare: an application the engine cannot run is refused with every reason at once")
    void refused() {
        EnvironmentSpec onlyImage = EnvironmentSpec.image("no-such/image:1").build();
        EnvironmentSpec onlyCommand = EnvironmentSpec.command("sh", "-c", IDLE).build();
        Application application = application()
                .service(Service.named("one").template(onlyImage).build())
                .service(Service.named("two").template(onlyImage).build())
                .service(Service.named("three").template(onlyCommand).build())
                .service(Service.named("four")
                        .template(onlyCommand)
                        .instances(spec -> spec.limits(
                                ResourceLimits.none().withMemory(io.cofferdam.environment.DataSize.parse("64m"))))
                        .secret("key")
                        .build())
                .secret(SecretDefinition.of("key", Content.external("vault")))
                .build();

        InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, () -> prepare(application));

        List<String> places = refusal.problems().stream().map(Problem::where).toList();
        assertThat(places).contains("secrets.key");
        if (has(Capability.IMAGES)) {
            assertThat(places).contains("services.three", "services.four").doesNotContain("services.one");
        } else {
            assertThat(places).contains("services.one", "services.two").doesNotContain("services.three");
            assertThat(places.contains("services.four")).isNotEqualTo(has(Capability.MEMORY_LIMIT));
            assertThat(refusal.problems())
                    .anySatisfy(problem -> assertThat(problem.remedy())
                            .contains("build.context")
                            .contains("command"));
        }
    }

    @Test
    @DisplayName("build: a folder that is edited afterwards does not change what a release is started from")
    void editedFolder() {
        write("greeting", "first");
        if (isRefused()) {
            return;
        }
        Prepared first = prepare(built());
        write("greeting", "second");
        Prepared second = prepare(built());
        assertThat(second.revision("web")).isNotEqualTo(first.revision("web"));

        List<String> greetings = new ArrayList<>();
        for (Prepared release : List.of(first, second, prepare(first.application()))) {
            var blueprint = new io.cofferdam.workload.Blueprint(
                    release.application(), release.revision("web"), "d1", "", false);
            IsolatedEnvironment web = environment(startAndAwait(blueprint));
            greetings.add(sh(web, "cat greeting"));
            workloads().remove(project(), release.revision("web"), 1);
        }

        assertThat(greetings).containsExactly("first", "second", "first");
        removeImages(first, second);
    }

    @Test
    @DisplayName("build: the same content is made once, wherever its folder is and whatever is to be ignored in it")
    void reused() throws IOException {
        write("greeting", "hello");
        if (isRefused()) {
            return;
        }
        Prepared first = prepare(built());
        write("debug.log", "ignored");
        List<String> progress = new ArrayList<>();
        Prepared again = workloads().prepare(built(), progress::add, patience());
        Path moved = Files.move(folder.resolve("app"), folder.resolve("moved"));
        Prepared elsewhere = prepare(built(moved));

        assertThat(again.revisions()).isEqualTo(first.revisions());
        assertThat(elsewhere.revisions()).isEqualTo(first.revisions());
        assertThat(again.application()).isEqualTo(first.application());
        assertThat(progress).noneMatch(step -> step.contains("building"));
        assertThat(software(elsewhere)).isEqualTo(software(first));
        removeImages(first);
    }

    /** An engine that takes images and cannot build them says so. */
    private boolean isRefused() {
        if (has(Capability.IMAGE_STORE) || has(Capability.TEMPLATES)) {
            return false;
        }
        InvalidInputException refusal = catchThrowableOfType(InvalidInputException.class, () -> prepare(built()));
        assertThat(refusal.problems()).extracting(Problem::where).containsExactly("services.web.build");
        return true;
    }

    @Test
    @DisplayName("prepare: tells everybody who waits for nothing the images it has to get, and gets each once")
    void oneLookForTheSameImage() {
        Application application = application()
                .service(script("one", IDLE))
                .service(script("two", IDLE))
                .build();
        List<String> progress = new ArrayList<>();

        Prepared prepared = workloads().prepare(application, progress::add, patience());

        assertThat(progress).noneMatch(step -> step.contains("pulling"));
        List<Revision> revisions = List.copyOf(prepared.revisions().values());
        assertThat(revisions.get(0).hash()).isNotEqualTo(revisions.get(1).hash());
    }

    @Test
    @DisplayName("secrets and configs: files that are there before the start, and in no label, status or text")
    void files() {
        String value = "s3cret-" + label();
        Application application = application()
                .service(script(
                                "web",
                                "cat \"${COFFERDAM_FILES:-}/run/secrets/key\" > /dev/null && echo got it; " + IDLE)
                        .secret("key")
                        .config(new FileReference("settings", "/etc/app/settings.ini", null, null, 0440))
                        .instances(spec -> spec.readyWhen(io.cofferdam.environment.Readiness.log("got it"))))
                .secret(SecretDefinition.of("key", Content.text(value)))
                .config(new io.cofferdam.application.ConfigDefinition(
                        "settings", Content.text("volume=11\n"), java.util.Map.of()))
                .build();
        var blueprint = blueprint(application, "web");

        IsolatedEnvironment web = environment(startAndAwait(blueprint));

        assertThat(sh(web, "cat run/secrets/key")).isEqualTo(value);
        assertThat(sh(web, "cat \"${COFFERDAM_FILES:-}/etc/app/settings.ini\"")).isEqualTo("volume=11\n");
        assertThat(sh(web, "ls -l run/secrets/key")).startsWith("-r--------");
        assertThat(sh(web, "ls -l etc/app/settings.ini")).startsWith("-r--r-----");
        assertThat(web.status().toString()).doesNotContain(value);
        assertThat(web.status().labels().values()).noneMatch(label -> label.contains(value));
        assertThat(web.spec().toString()).doesNotContain(value);
        web.restart();
        assertThat(sh(web, "cat run/secrets/key")).isEqualTo(value);
    }

    private Application built() {
        return built(folder.resolve("app"));
    }

    private Application built(Path context) {
        return application()
                .service(script("web", IDLE).buildFrom(Build.from(context)))
                .build();
    }

    /** A file of the folder that is built from, which has all that either kind of engine needs. */
    private void write(String file, String text) {
        Path context = folder.resolve("app");
        try {
            Files.createDirectories(context);
            Files.writeString(context.resolve(file), text);
            Files.writeString(context.resolve(".dockerignore"), "*.log\n");
            String base = programs().shell(IDLE).build().image().orElse("scratch");
            Files.writeString(context.resolve("Dockerfile"), "FROM " + base + "\nCOPY greeting greeting\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String software(Prepared prepared) {
        EnvironmentSpec template =
                prepared.application().service("web").orElseThrow().template();
        return template.image()
                .orElseGet(() -> template.template().orElseThrow().toString());
    }

    private void removeImages(Prepared... releases) {
        if (has(Capability.IMAGES)) {
            for (Prepared release : releases) {
                engine().images().remove(software(release), true);
            }
        }
    }
}
