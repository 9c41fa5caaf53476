package io.cofferdam.process;

import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Which relay is to listen on which host port: a relay listens only once its software does, so that the system alone would
 * let two units have one port. A claim counts as long as its relay lives. Replaced as a whole by those who hold the
 * {@link StateLock}; readers need no lock.
 */
final class PortTable {

    private final Path file;

    PortTable(Path file) {
        this.file = file;
    }

    /**
     * A host port that a relay is to listen on.
     *
     * @param address the host address
     * @param port the host port
     * @param inside the port of the software
     * @param relay the relay
     * @param environment the unit's name on the engine
     * @param directory the directory of the unit
     */
    record Claim(String address, int port, int inside, DetachedProcess relay, String environment, Path directory) {

        boolean meets(String otherAddress, int otherPort) {
            return port == otherPort
                    && (address.equals(otherAddress) || isWildcard(address) || isWildcard(otherAddress));
        }

        private static boolean isWildcard(String address) {
            return address.equals("0.0.0.0") || address.equals("::");
        }

        private String line() {
            return String.join(
                    " ",
                    address,
                    Integer.toString(port),
                    Integer.toString(inside),
                    relay.toString(),
                    URLEncoder.encode(environment, StandardCharsets.UTF_8),
                    URLEncoder.encode(directory.toString(), StandardCharsets.UTF_8));
        }

        private static Claim parse(String line) {
            String[] fields = line.split(" ", -1);
            return new Claim(
                    fields[0],
                    Integer.parseInt(fields[1]),
                    Integer.parseInt(fields[2]),
                    DetachedProcess.parse(fields[3] + " " + fields[4]),
                    URLDecoder.decode(fields[5], StandardCharsets.UTF_8),
                    Path.of(URLDecoder.decode(fields[6], StandardCharsets.UTF_8)));
        }
    }

    /** The claims whose relays live. */
    List<Claim> living() throws IOException {
        try {
            List<Claim> claims = new ArrayList<>();
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                Claim claim = Claim.parse(line);
                if (claim.relay().isAlive()) {
                    claims.add(claim);
                }
            }
            return claims;
        } catch (NoSuchFileException noneYet) {
            return List.of();
        }
    }

    /** The host port that leads to a port of a unit. */
    Optional<Integer> of(Path directory, int inside) {
        try {
            return living().stream()
                    .filter(claim -> claim.directory().equals(directory) && claim.inside() == inside)
                    .map(Claim::port)
                    .findFirst();
        } catch (IOException failure) {
            throw new StorageException("could not read " + file + ": " + failure, failure);
        }
    }

    /** Replaces all claims. */
    void write(List<Claim> claims) throws IOException {
        Path next = file.resolveSibling(Objects.requireNonNull(file.getFileName()) + ".next");
        Files.write(next, claims.stream().map(Claim::line).toList(), StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
