package io.cofferdam.deployment;

import java.util.Base64;

/** Encodes, and hides nothing. */
enum PlainSeal implements SecretSeal {
    INSTANCE;

    @Override
    public String seal(byte[] secret) {
        return Base64.getEncoder().encodeToString(secret);
    }

    @Override
    public byte[] open(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException damaged) {
            throw new SealException(
                    "could not open a secret: it is damaged, or was sealed; open the store with the seal it was begun with",
                    damaged);
        }
    }

    @Override
    public boolean isSafe() {
        return false;
    }
}
