package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.error.RegistryException.Kind;
import io.cofferdam.error.StorageException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What engines say of registries, told apart. */
class RegistryFaultsTest {

    private static CofferdamException fault(String reason) {
        return RegistryFaults.of(Operation.of("pull", "pulling", "image 'x'"), reason, null);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "UNAUTHORIZED | Head \"http://r/v2/a/manifests/1\": no basic auth credentials",
                "UNAUTHORIZED | unauthorized: authentication required",
                "UNAUTHORIZED | Get \"https://r/v2/\": unauthorized: incorrect username or password",
                "UNAUTHORIZED | error parsing HTTP 401 response body: unexpected end of JSON input: \"\"",
                "DENIED | denied: requested access to the resource is denied",
                "DENIED | error parsing HTTP 403 response body: invalid character '<'",
                "RATE_LIMITED | toomanyrequests: You have reached your pull rate limit.",
                "RATE_LIMITED | error parsing HTTP 429 response body: unexpected end of JSON input",
                "RATE_LIMITED | received unexpected HTTP status: 429 Too Many Requests",
                "SERVER_ERROR | received unexpected HTTP status: 500 Internal Server Error",
                "SERVER_ERROR | error parsing HTTP 503 response body: invalid character 'u'",
                "INCOMPLETE | unexpected EOF",
                "INCOMPLETE | filesystem layer verification failed for digest sha256:00",
                "INCOMPLETE | read tcp 127.0.0.1:1->127.0.0.1:2: read: connection reset by peer",
                "UNREACHABLE | Get \"http://127.0.0.1:9/v2/\": dial tcp 127.0.0.1:9: connect: connection refused",
                "UNREACHABLE | dial tcp: lookup r.example: no such host",
            })
    @DisplayName("a registry that refuses or fails")
    void kinds(Kind kind, String reason) {
        assertThat(fault(reason))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(kind))
                .hasMessageStartingWith("could not pull image 'x' (docker): the registry ")
                .hasMessageContaining(reason);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "manifest for r/a:none not found: manifest unknown: manifest unknown",
                "pull access denied for a, repository does not exist or may require 'docker login': denied: requested",
                "no matching manifest for linux/s390x in the manifest list entries",
                "name unknown: repository name not known to registry",
            })
    @DisplayName("an image the registry does not have, or hides")
    void absent(String reason) {
        assertThat(fault(reason)).isInstanceOf(ImageNotFoundException.class).hasMessageContaining(reason);
    }

    @Test
    @DisplayName("a bad name and a full disk are no fault of the registry")
    void others() {
        assertThat(fault("invalid reference format")).isInstanceOf(InvalidInputException.class);
        assertThat(fault("write /var: no space left on device")).isInstanceOf(StorageException.class);
    }

    @Test
    @DisplayName("when to come again is told where the registry's message says so")
    void retryAfter() {
        assertThat(((RegistryException) fault("toomanyrequests: retry-after: 398.5ms, allowed: 44000/minute"))
                        .retryAfter())
                .contains(Duration.ofNanos(398_500_000));
        assertThat(((RegistryException) fault("429 too many requests, Retry-After: 90")).retryAfter())
                .contains(Duration.ofSeconds(90));
        assertThat(((RegistryException) fault("toomanyrequests")).retryAfter()).isEmpty();
    }
}
