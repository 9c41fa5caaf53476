package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * How one service sees a secret or a config: as a file.
 *
 * @param source the secret's or config's name in the application
 * @param target the absolute path of the file inside
 * @param owner the user that owns the file, by number or name as the engine takes it, or null for the engine's default
 * @param ownerGroup the group that owns the file, or null for the engine's default
 * @param permissions the permission bits, for example 0440, or null for the engine's default
 */
@Experimental
public record FileReference(
        String source,
        String target,
        @Nullable String owner,
        @Nullable String ownerGroup,
        @Nullable Integer permissions) {

    /**
     * Checks the bits.
     *
     * @throws InvalidInputException if the permissions are not within 0 to 07777
     */
    public FileReference {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(target, "target");
        if (permissions != null && (permissions < 0 || permissions > 07777)) {
            throw new InvalidInputException(
                    "file reference", List.of(Problem.at("mode", "the mode is not between 0 and 7777 (octal)")));
        }
    }

    /**
     * A secret where services look for it: {@code /run/secrets/} and its name.
     *
     * @param secret the secret's name
     * @return the reference
     */
    public static FileReference toSecret(String secret) {
        return at(secret, "/run/secrets/" + secret);
    }

    /**
     * A config where services look for it: {@code /} and its name.
     *
     * @param config the config's name
     * @return the reference
     */
    public static FileReference toConfig(String config) {
        return at(config, "/" + config);
    }

    /**
     * A secret or a config at a path of choice.
     *
     * @param source its name
     * @param target the absolute path of the file inside
     * @return the reference
     */
    public static FileReference at(String source, String target) {
        return new FileReference(source, target, null, null, null);
    }

    /**
     * The user that owns the file.
     *
     * @return empty for the engine's default
     */
    public Optional<String> uid() {
        return Optional.ofNullable(owner);
    }

    /**
     * The group that owns the file.
     *
     * @return empty for the engine's default
     */
    public Optional<String> gid() {
        return Optional.ofNullable(ownerGroup);
    }

    /**
     * The permission bits.
     *
     * @return empty for the engine's default
     */
    public OptionalInt mode() {
        return permissions == null ? OptionalInt.empty() : OptionalInt.of(permissions);
    }
}
