package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A login for a registry: a user and a password, or a token of identity. Immutable; its text form shows no secret. */
@Experimental
public final class RegistryCredentials {

    private final String username;
    private final String secret;
    private final boolean token;

    private RegistryCredentials(String username, String secret, boolean token) {
        this.username = Objects.requireNonNull(username, "username");
        this.secret = Objects.requireNonNull(secret, "secret");
        this.token = token;
    }

    /**
     * A user and a password, or an access token in place of the password.
     *
     * @param username the user
     * @param password the password
     * @return the login
     */
    public static RegistryCredentials of(String username, String password) {
        return new RegistryCredentials(username, password, false);
    }

    /**
     * A token of identity, which the engine exchanges for access with the registry.
     *
     * @param token the token
     * @return the login
     */
    public static RegistryCredentials identityToken(String token) {
        return new RegistryCredentials("", token, true);
    }

    /**
     * The user.
     *
     * @return empty for a token of identity
     */
    public String username() {
        return username;
    }

    /**
     * The password or token, in clear text.
     *
     * @return the secret
     */
    public String secret() {
        return secret;
    }

    /**
     * Whether the secret is a token of identity and not a password.
     *
     * @return true for a token of identity
     */
    public boolean isIdentityToken() {
        return token;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof RegistryCredentials that
                && token == that.token
                && username.equals(that.username)
                && secret.equals(that.secret);
    }

    @Override
    public int hashCode() {
        return Objects.hash(username, secret, token);
    }

    /** The user, and never the secret. */
    @Override
    public String toString() {
        return token ? "RegistryCredentials[token=***]" : "RegistryCredentials[" + username + ", ***]";
    }
}
