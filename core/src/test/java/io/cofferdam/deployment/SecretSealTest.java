package io.cofferdam.deployment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretSealTest {

    private static final byte[] SECRET = "s3cr3t".getBytes(UTF_8);

    private final SecretSeal seal = SecretSeal.withKey(key(7));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 100_000})
    @DisplayName("what was sealed is opened again, of any length in bytes:")
    void roundTrip(int length) {
        byte[] secret = new byte[length];

        assertThat(seal.open(seal.seal(secret))).isEqualTo(secret);
    }

    @Test
    @DisplayName("the same secret is sealed otherwise each time")
    void nonces() {
        Set<String> texts = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            texts.add(seal.seal(SECRET));
        }

        assertThat(texts).hasSize(1000);
    }

    @Test
    @DisplayName("another key is told apart from damage, and no message shows anything")
    void otherKey() {
        String text = seal.seal(SECRET);

        assertThatThrownBy(() -> SecretSeal.withKey(key(8)).open(text))
                .isInstanceOf(SealException.class)
                .hasMessage("could not open a sealed secret: it was sealed with another key; "
                        + "use the key that the store was begun with");
    }

    @Test
    @DisplayName("a change of any character is found")
    void damage() {
        String text = seal.seal(SECRET);
        for (int i = 0; i < text.length(); i++) {
            char other = text.charAt(i) == 'A' ? 'B' : 'A';
            String damaged = text.substring(0, i) + other + text.substring(i + 1);

            assertThatThrownBy(() -> seal.open(damaged)).as("character %s", i).isInstanceOf(SealException.class);
        }
        for (int i = 0; i < text.length(); i++) {
            String cut = text.substring(0, i);

            assertThatThrownBy(() -> seal.open(cut)).as("cut at %s", i).isInstanceOf(SealException.class);
        }
    }

    @Test
    @DisplayName("a key of another length is refused")
    void length() {
        assertThatThrownBy(() -> SecretSeal.withKey(new byte[16]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a key has 32 bytes, not 16");
    }

    @Test
    @DisplayName("only a seal that hides calls itself safe, and none shows its key")
    void safe() {
        assertThat(seal.isSafe()).isTrue();
        assertThat(seal).hasToString("SecretSeal[AES-256-GCM]");
        assertThat(SecretSeal.none().isSafe()).isFalse();
        assertThat(SecretSeal.none().open(SecretSeal.none().seal(SECRET))).isEqualTo(SECRET);
        assertThatThrownBy(() -> SecretSeal.none().open(seal.seal(SECRET))).isInstanceOf(SealException.class);
    }

    @Test
    @DisplayName("a file for the key is made for its owner alone, and gives the same key the next time")
    void keyFile() throws IOException {
        // given
        Path file = folder.resolve("deep/key");

        // when
        String text = SecretSeal.withKeyFile(file).seal(SECRET);

        // then
        assertThat(SecretSeal.withKeyFile(file).open(text)).isEqualTo(SECRET);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(file.getParent()).isDirectoryContaining(path -> path.equals(file));
        assertThat(file).content().matches("[0-9a-f]{64}\n");
        try (var files = Files.list(file.getParent())) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    @DisplayName("several that make the file at once have the same key")
    void keyFileAtOnce() throws Exception {
        Path file = folder.resolve("key");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            // when
            List<Future<SecretSeal>> seals = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                seals.add(threads.submit(() -> SecretSeal.withKeyFile(file)));
            }

            // then
            String text = SecretSeal.withKeyFile(file).seal(SECRET);
            for (Future<SecretSeal> one : seals) {
                assertThat(one.get().open(text)).isEqualTo(SECRET);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    @DisplayName("a file that others can read is refused with what to do")
    void readableByOthers() throws IOException {
        Path file = folder.resolve("key");
        SecretSeal.withKeyFile(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

        assertThatThrownBy(() -> SecretSeal.withKeyFile(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("rw-r-----")
                .hasMessageContaining("chmod 600");
    }

    @Test
    @DisplayName("a file that holds something else is refused, and not shown")
    void notAKey() throws IOException {
        Path file = folder.resolve("key");
        SecretSeal.withKeyFile(file);
        Files.writeString(file, "s3cr3t");

        assertThatThrownBy(() -> SecretSeal.withKeyFile(file))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("64 hexadecimal digits")
                .hasMessageNotContaining("s3cr3t");
    }

    @Test
    @DisplayName("a place where no file can be made is told")
    void noPlace() throws IOException {
        Path file = Files.createFile(folder.resolve("file")).resolve("key");

        assertThatThrownBy(() -> SecretSeal.withKeyFile(file))
                .isInstanceOf(StorageException.class)
                .hasMessageStartingWith("could not read the key for secrets from " + file);
    }

    private static byte[] key(int seed) {
        byte[] key = new byte[32];
        key[31] = (byte) seed;
        return key;
    }
}
