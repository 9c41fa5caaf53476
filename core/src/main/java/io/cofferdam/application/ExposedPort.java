package io.cofferdam.application;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Objects;

/**
 * A port on which the other services of an application reach a service. It is not published on the host.
 *
 * @param port the port inside, 1 to 65535
 * @param protocol its protocol
 */
@Experimental
public record ExposedPort(int port, Protocol protocol) {

    /**
     * Checks the range.
     *
     * @throws InvalidInputException if the port is out of range
     */
    public ExposedPort {
        Objects.requireNonNull(protocol, "protocol");
        if (port < 1 || port > 65535) {
            throw new InvalidInputException(
                    "exposed port", List.of(Problem.at("expose", "port " + port + " is not between 1 and 65535")));
        }
    }

    @Override
    public String toString() {
        return protocol == Protocol.TCP ? Integer.toString(port) : port + "/" + protocol;
    }
}
