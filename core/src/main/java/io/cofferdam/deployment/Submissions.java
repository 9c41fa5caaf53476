package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Records what is wanted. */
final class Submissions {

    private static final int ID_BITS = 60;

    private final EngineParts parts;
    private final Doorbell doorbell;
    private final SecureRandom random = new SecureRandom();

    Submissions(EngineParts parts, Doorbell doorbell) {
        this.parts = parts;
        this.doorbell = doorbell;
    }

    /**
     * Records a deployment.
     *
     * @param content the release it brings, or null
     * @param former the deployment whose release it brings back, or null
     */
    Deployment add(
            DeploymentKind kind,
            String project,
            DeployOptions options,
            @Nullable ReleaseContent content,
            @Nullable DeploymentRecord former,
            boolean volumes) {
        String id = newId();
        StoredRelease release = content == null ? null : stored(id, content);
        String version = former != null
                ? former.version()
                : content == null ? "" : content.application().version();
        String releaseId = former != null ? former.release() : release == null ? "" : release.id();
        DeploymentRecord record = new DeploymentRecord(
                id,
                project,
                0,
                kind,
                version,
                releaseId,
                kind == DeploymentKind.REMOVE ? "recreate" : options.strategy().name(),
                new Order(options, parts.engineName(), volumes).write(),
                DeploymentStatus.PENDING,
                0,
                "waits for its turn",
                false,
                null,
                null,
                "",
                options.user(),
                options.tenant(),
                parts.clock().instant(),
                null,
                null,
                0);
        Change.Written written = parts.store().submit(record, release);
        written.events().forEach(parts.bus()::publish);
        doorbell.ring(project);
        return new DeploymentHandle(record, parts, doorbell);
    }

    private StoredRelease stored(String id, ReleaseContent content) {
        Application application = content.application();
        if (!parts.seal().isSafe() && !(parts.store() instanceof MemoryStore) && hasSecrets(application)) {
            throw new InvalidInputException(
                    "the deployment of '" + application.project() + "'",
                    List.of(new Problem(
                            "secrets",
                            "it has secrets, which would be kept in the store in clear",
                            "give the engine a seal when it is built")));
        }
        return new StoredRelease(
                id + "-wanted", application.project(), application.version(), content.write(parts.seal()));
    }

    private static boolean hasSecrets(Application application) {
        return !application.secrets().isEmpty()
                || application.services().stream()
                        .anyMatch(service -> !service.template().secretNames().isEmpty());
    }

    private String newId() {
        long bits = random.nextLong() >>> (Long.SIZE - ID_BITS);
        return "d" + String.format(Locale.ROOT, "%12s", Long.toString(bits, 36)).replace(' ', '0');
    }
}
