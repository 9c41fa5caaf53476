package io.cofferdam.deployment;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES with 256 bits in Galois counter mode (NIST SP 800-38D), a random nonce of 96 bits for each value: the text is
 * {@code aes1.KEY.NONCE+CIPHERTEXT+TAG}, where KEY tells which key is needed without telling anything of it.
 */
final class AesSeal implements SecretSeal {

    static final int KEY_BYTES = 32;

    private static final String PREFIX = "aes1.";
    private static final int KEY_NAME_BYTES = 4;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final SecretKeySpec key;
    private final String head;
    private final SecureRandom random = new SecureRandom();

    AesSeal(byte[] key) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes, not " + key.length);
        }
        this.key = new SecretKeySpec(key, "AES");
        this.head = PREFIX + name(key) + ".";
    }

    @Override
    public String seal(byte[] secret) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, 0).doFinal(secret);
            byte[] all = Arrays.copyOf(nonce, nonce.length + sealed.length);
            System.arraycopy(sealed, 0, all, nonce.length, sealed.length);
            return head + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JVM cannot encrypt with AES/GCM", impossible);
        }
    }

    @Override
    public byte[] open(String text) {
        if (!text.startsWith(PREFIX)) {
            throw failure(
                    "it is not sealed, or in a way this version does not know; use the seal it was sealed with", null);
        }
        if (!text.startsWith(head)) {
            throw failure("it was sealed with another key; use the key that the store was begun with", null);
        }
        try {
            byte[] all = Base64.getUrlDecoder().decode(text.substring(head.length()));
            if (all.length < NONCE_BYTES + TAG_BITS / Byte.SIZE) {
                throw failure("its text is cut off; deploy the release anew", null);
            }
            return cipher(Cipher.DECRYPT_MODE, all, 0).doFinal(all, NONCE_BYTES, all.length - NONCE_BYTES);
        } catch (IllegalArgumentException | AEADBadTagException damaged) {
            throw failure("its text is damaged, or was changed by somebody else; deploy the release anew", damaged);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JVM cannot decrypt with AES/GCM", impossible);
        }
    }

    @Override
    public boolean isSafe() {
        return true;
    }

    /** Nothing of the key. */
    @Override
    public String toString() {
        return "SecretSeal[AES-256-GCM]";
    }

    private Cipher cipher(int mode, byte[] from, int offset) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, from, offset, NONCE_BYTES));
        cipher.updateAAD(head.getBytes(StandardCharsets.US_ASCII));
        return cipher;
    }

    /** A digest of the key with a purpose of its own, far too short to find the key by. */
    private static String name(byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("cofferdam key name".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(key), 0, KEY_NAME_BYTES);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JVM has no SHA-256", impossible);
        }
    }

    private static SealException failure(String why, @Nullable Throwable cause) {
        return new SealException("could not open a sealed secret: " + why, cause);
    }
}
