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
        return Base64.getDecoder().decode(text);
    }

    @Override
    public boolean isSafe() {
        return false;
    }
}
