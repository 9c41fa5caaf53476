package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.nio.file.Path;

/** Keeps the values of secrets out of stores in clear. Implementations are thread-safe. */
@Experimental
public interface SecretSeal {

    /**
     * Makes text from a secret that only {@link #open} can read.
     *
     * @param secret the bytes
     * @return the text
     */
    String seal(byte[] secret);

    /**
     * Reads what {@link #seal} made.
     *
     * @param text the text
     * @return the bytes
     * @throws SealException if it was sealed with another key, or damaged; nothing of the secret is in its message
     */
    byte[] open(String text);

    /**
     * Whether the text of {@link #seal} can be kept where others read it.
     *
     * @return false for {@link #none()}
     */
    boolean isSafe();

    /**
     * No seal: for stores in memory.
     *
     * @return a seal that only encodes
     */
    static SecretSeal none() {
        return PlainSeal.INSTANCE;
    }

    /**
     * Seals with AES-256-GCM. The same secret gives another text each time.
     *
     * @param key 32 random bytes; who has them can read every secret of the store
     * @return the seal
     * @throws IllegalArgumentException if it has another length
     */
    static SecretSeal withKey(byte[] key) {
        return new AesSeal(key);
    }

    /**
     * Seals with AES-256-GCM and a key from a file, which is made, with a new key and for its owner alone, if it is not there. Keep
     * a copy of it elsewhere: without it the secrets in the store cannot be read any more.
     *
     * @param file the file: 64 hexadecimal digits
     * @return the seal
     * @throws io.cofferdam.error.StorageException if it cannot be read or made, holds something else, or others than its owner have
     *     rights to it
     */
    static SecretSeal withKeyFile(Path file) {
        return new AesSeal(new KeyFile(file).readOrCreate());
    }
}
