package io.cofferdam.internal.redact;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** No secret gets through, in whatever form and in however many parts it is written. */
class SecretMaskTest {

    private static final String KEY = """
        -----BEGIN KEY-----
        MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7
        VJTUt9Us8cKjMzEfYyjiWA4R4/M2bS1GB4t7NXp98C3SC6dVMvDu
        -----END KEY-----\
        """;

    private static final List<String> SECRETS = List.of("hunter2!", "p@ss w/ö%rd", KEY, "abcabcab", "aaaa");

    @Test
    @DisplayName("ten thousand times a secret in a random form, split at random places, leaks nothing")
    void randomSplits() throws IOException {
        SecretMask mask = SecretMask.of(SECRETS);
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            String secret = SECRETS.get(random.nextInt(SECRETS.size()));
            String form = form(secret, random.nextInt(9));
            String before = noise(random);
            String after = noise(random);
            byte[] bytes = (before + form + after).getBytes(StandardCharsets.UTF_8);

            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (SecretMask.Stream stream = mask.stream(out)) {
                int at = 0;
                while (at < bytes.length) {
                    int part = Math.min(bytes.length - at, 1 + random.nextInt(1 + random.nextInt(40)));
                    stream.write(bytes, at, part);
                    at += part;
                }
            }

            assertThat(out.toString(StandardCharsets.UTF_8))
                    .as("'%s' within other text", form)
                    .startsWith(before)
                    .endsWith(after)
                    .contains("***")
                    .doesNotContain(form);
            assertThat(mask.mask(before + form + after)).isEqualTo(out.toString(StandardCharsets.UTF_8));
        }
    }

    @Test
    @DisplayName("a secret within something longer in base64 does not get through")
    void withinBase64() {
        SecretMask mask = SecretMask.of(List.of("correct horse battery"));
        for (String user : List.of("", "a:", "ab:", "abc:", "user:")) {
            String encoded = Base64.getEncoder()
                    .encodeToString((user + "correct horse battery" + user).getBytes(StandardCharsets.UTF_8));

            String masked = mask.mask("Authorization: Basic " + encoded);

            assertThat(masked).startsWith("Authorization: Basic ").contains("***");
            assertThat(masked.length()).isLessThan("Authorization: Basic ***".length() + 2 * user.length() + 12);
        }
    }

    @Test
    @DisplayName("what adjoins and overlaps is masked as a whole, the rest stays as it is")
    void overlaps() {
        SecretMask mask = SecretMask.of(List.of("abcab", "cabxy"));

        assertThat(mask.mask("1 abcabxy 2")).isEqualTo("1 *** 2");
        assertThat(mask.mask("abcababcab")).isEqualTo("***");
        assertThat(mask.mask("abca")).isEqualTo("abca");
        assertThat(mask.mask("ab\ncab é abcab é")).isEqualTo("ab\ncab é *** é");
        assertThat(SecretMask.of(List.of()).mask("anything")).isEqualTo("anything");
        assertThat(mask.toString()).doesNotContain("abc");
    }

    private static String noise(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            text.append("xyz ~\nQ9é".charAt(random.nextInt(9)));
        }
        return text.append('|').reverse().append('|').toString();
    }

    private static String form(String secret, int which) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return switch (which) {
            case 0 -> Base64.getEncoder().encodeToString(bytes);
            case 1 -> Base64.getUrlEncoder().encodeToString(bytes);
            case 2 -> Base64.getEncoder().withoutPadding().encodeToString(bytes);
            case 3 -> URLEncoder.encode(secret, StandardCharsets.UTF_8);
            case 4 -> URLEncoder.encode(secret, StandardCharsets.UTF_8).replace("+", "%20");
            case 5 -> secret.replace("\n", "\r\n");
            case 6 -> secret.replace("\"", "\\\"").replace("\n", "\\n");
            case 7 ->
                secret.lines().skip(secret.lines().count() / 2).findFirst().orElseThrow();
            default -> secret;
        };
    }
}
