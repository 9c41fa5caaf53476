package io.cofferdam.kubernetes;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;

/** What the API server's refusals and a broken connection mean to people. */
final class Faults {

    private Faults() {}

    /** The failure a caller is to see. */
    static CofferdamException of(Operation operation, Refusal refusal) {
        String words = refusal.words();
        return switch (refusal.status()) {
            case 401 ->
                new EngineUnavailableException(
                        operation.failed("the cluster does not accept the credentials (" + words
                                + "); renew the user's token or certificate in the kubeconfig"),
                        refusal);
            case 403 -> forbidden(operation, refusal);
            case 404 -> new NotFoundException(operation.failed(words), refusal);
            case 409 ->
                refusal.reason().equals("AlreadyExists")
                        ? new NameTakenException(
                                operation.failed("the name is taken (" + words + "); choose another one"), refusal)
                        : new WrongStateException(
                                operation.failed(
                                        "somebody else changed it at the same time (" + words + "); try again"),
                                refusal);
            case 413 ->
                new StorageException(operation.failed("it is larger than the cluster stores: " + words), refusal);
            case 400, 422 -> invalid(operation, refusal);
            case 429 ->
                new EngineException(
                        operation.failed("the cluster asks to come again later, and still did at the end: " + words),
                        refusal);
            default -> refusal;
        };
    }

    private static CofferdamException forbidden(Operation operation, Refusal refusal) {
        String words = refusal.words();
        if (words.contains("exceeded quota")) {
            return new EngineException(
                    operation.failed("the namespace's quota is used up: " + words
                            + "; remove something, ask for less, or have the quota raised"),
                    refusal);
        }
        if (words.contains("being terminated")) {
            return new WrongStateException(
                    operation.failed("the namespace is being removed (" + words + "); use another one"), refusal);
        }
        return new EngineException(
                operation.failed("the cluster does not allow it: " + words
                        + "; give the account that right by a role and a role binding"),
                refusal);
    }

    private static CofferdamException invalid(Operation operation, Refusal refusal) {
        List<Problem> problems = refusal.causes().isEmpty()
                ? List.of(Problem.at("specification", refusal.words()))
                : refusal.causes().stream()
                        .map(cause -> {
                            int colon = cause.indexOf(": ");
                            return colon < 0
                                    ? Problem.at("specification", cause)
                                    : Problem.at(cause.substring(0, colon), cause.substring(colon + 2));
                        })
                        .collect(Collectors.toList());
        InvalidInputException failure =
                new InvalidInputException("what the cluster was asked for (" + operation.doing() + ")", problems);
        failure.initCause(refusal);
        return failure;
    }

    /** No answer, or half of one. */
    static EngineUnavailableException connection(Operation operation, String server, IOException broken) {
        return new EngineUnavailableException(operation.failed(sentence(server, broken)), broken);
    }

    /** What is wrong with the way to a server, and what to do. */
    static String sentence(String server, IOException broken) {
        if (broken instanceof UnknownHostException) {
            return "the host of " + server + " is unknown to this host's resolver; check the server in the kubeconfig";
        }
        if (broken instanceof ConnectException || broken instanceof NoRouteToHostException) {
            return "nothing answers at " + server + "; check that its API server runs and can be reached from here";
        }
        if (broken instanceof SSLException) {
            return "the connection to " + server + " is not secure: " + broken.getMessage()
                    + "; check the certificate authority in the kubeconfig, and the name the server is called by";
        }
        if (broken instanceof SocketTimeoutException) {
            return server + " did not answer in time; check that its API server can be reached from here";
        }
        return "the connection to " + server + " broke (" + broken.getMessage() + "); try again";
    }
}
