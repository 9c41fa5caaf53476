package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.InvalidInputException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of images in their parts. */
class ImageNameTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "redis, redis, '', docker.io",
                "redis:7, redis, 7, docker.io",
                "shop/web, shop/web, '', docker.io",
                "docker.io/library/redis:7, docker.io/library/redis, 7, docker.io",
                "index.docker.io/library/redis, index.docker.io/library/redis, '', docker.io",
                "localhost/a:1, localhost/a, 1, localhost",
                "127.0.0.1:5000/a/b, 127.0.0.1:5000/a/b, '', 127.0.0.1:5000",
                "127.0.0.1:5000/a:2, 127.0.0.1:5000/a, 2, 127.0.0.1:5000",
                "r.example/a@sha256:00ff, r.example/a, sha256:00ff, r.example",
                "r.example:1/a:7@sha256:00ff, r.example:1/a, sha256:00ff, r.example:1"
            })
    @DisplayName("repository, tag or digest, and registry")
    void parts(String reference, String repository, String tag, String registry) {
        ImageName name = ImageName.parse(reference);

        assertThat(name.repository()).isEqualTo(repository);
        assertThat(name.tag()).isEqualTo(tag);
        assertThat(name.registry()).isEqualTo(registry);
        assertThat(name.orLatest().tag()).isEqualTo(tag.isEmpty() ? "latest" : tag);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a?force=1", "a#b", "a%2fb", "../containers", "/a", "a\nb", "a\\b", "ä"})
    @DisplayName("what could change the path of a request is refused")
    void hostile(String reference) {
        assertThatThrownBy(() -> ImageName.parse(reference)).isInstanceOf(InvalidInputException.class);
    }
}
