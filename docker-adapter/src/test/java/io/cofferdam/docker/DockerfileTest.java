package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which registries a Dockerfile needs. */
class DockerfileTest {

    @Test
    @DisplayName("the registries of all stages and copies, with build arguments filled in")
    void registries() {
        String text = """
                # FROM commented.example/out
                ARG REGISTRY=default.example:5000
                ARG TAG
                FROM --platform=linux/amd64 ${REGISTRY}/base:${TAG:-1} AS Builder
                RUN echo FROM nowhere.example/x
                from \\
                    second.example/base
                COPY --from=builder /a /b
                COPY --chown=1:1 --from=third.example/tools:1 /a /b
                COPY --from=0 /a /b
                FROM scratch
                FROM redis:7
                """;

        assertThat(Dockerfile.registries(text, Map.of()))
                .containsExactly("default.example:5000", "second.example", "third.example", "docker.io");
        assertThat(Dockerfile.registries(text, Map.of("REGISTRY", "mirror.example")))
                .contains("mirror.example")
                .doesNotContain("default.example:5000");
    }

    @Test
    @DisplayName("what is no Dockerfile needs none")
    void nonsense() {
        assertThat(Dockerfile.registries("", Map.of())).isEmpty();
        assertThat(Dockerfile.registries("FROM\nFROM a b c d\n\0\n", Map.of())).isEmpty();
    }
}
