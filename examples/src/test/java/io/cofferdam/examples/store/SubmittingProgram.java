package io.cofferdam.examples.store;

import io.cofferdam.deployment.DeploymentKind;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import java.nio.file.Path;
import java.time.Instant;
import java.util.UUID;

/** Adds deployments to a file, as a process of its own, and prints the number of each one it was told is kept. */
final class SubmittingProgram {

    private SubmittingProgram() {}

    @SuppressWarnings("InfiniteLoopStatement") // Until it is killed.
    public static void main(String[] arguments) {
        try (DeploymentStore store = DeploymentFile.open(Path.of(arguments[0]))) {
            while (true) {
                System.out.println(submit(store));
            }
        }
    }

    static long submit(DeploymentStore store) {
        DeploymentRecord record = new DeploymentRecord(
                UUID.randomUUID().toString(),
                "shop",
                0,
                DeploymentKind.DEPLOY,
                "1",
                "",
                "rolling",
                "{}",
                DeploymentStatus.PENDING,
                0,
                "",
                false,
                null,
                null,
                "{}",
                "",
                "",
                Instant.now(),
                null,
                null,
                0);
        return store.submit(record, null).record().number();
    }
}
