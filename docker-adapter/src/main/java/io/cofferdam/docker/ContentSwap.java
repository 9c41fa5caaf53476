package io.cofferdam.docker;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.SnapshotStore;
import io.cofferdam.driver.Temporary;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.CofferdamException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Exchanges the contents of volumes and can take that back, also when this JVM is killed in the middle. First what each volume
 * holds is copied to a volume of its own, its backup. When all backups are complete a further volume, the mark, says so by being
 * there; only then the volumes are changed. Backups without a mark are worthless, backups with one are what the volumes held:
 * {@code DockerSweeper} reads them that way, with the labels that are named here.
 */
final class ContentSwap implements SnapshotStore.VolumeSwap {

    private static final String TOKEN = Labels.PREFIX + "restore";
    private static final String OF = Labels.PREFIX + "restore.of";
    private static final String UNIT = Labels.PREFIX + "restore.unit";
    private static final String IMAGE = Labels.PREFIX + "restore.image";

    private final SnapshotVolumes volumes;
    private final Operation operation;
    private final String image;
    private final String unit;
    private final String token = UUID.randomUUID().toString();

    /** The backups by their volumes. */
    private final Map<String, String> backups = new LinkedHashMap<>();

    /**
     * Nothing is changed yet.
     *
     * @param image any image
     * @param unit the container that has the volumes
     */
    ContentSwap(SnapshotVolumes volumes, Operation operation, String image, String unit) {
        this.volumes = volumes;
        this.operation = operation;
        this.image = image;
        this.unit = unit;
    }

    /** Gives volumes the contents of others; if it fails, everything is as it was. */
    void exchange(Map<String, String> contents, Deadline deadline) {
        try {
            contents.forEach((volume, content) -> backups.put(
                    volume,
                    volumes.make(
                            operation, "cofferdam-backup-" + UUID.randomUUID(), labels(Map.of(OF, volume)), deadline)));
            volumes.copy(operation, image, backups, deadline);
            if (!backups.isEmpty()) {
                volumes.make(operation, mark(), labels(Map.of(UNIT, unit, IMAGE, image)), deadline);
            }
        } catch (CofferdamException failed) {
            keep(deadline);
            throw failed;
        }
        try {
            volumes.empty(operation, image, List.copyOf(backups.keySet()), deadline);
            Map<String, String> forth = new LinkedHashMap<>();
            contents.forEach((volume, content) -> forth.put(content, volume));
            volumes.copy(operation, image, forth, deadline);
        } catch (CofferdamException failed) {
            boolean interrupted = Thread.interrupted();
            try {
                // However long it takes: what the volumes held is nowhere else.
                undo(Deadline.none());
            } catch (CofferdamException second) {
                failed.addSuppressed(second);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            throw failed;
        }
    }

    private String mark() {
        return "cofferdam-restore-" + token;
    }

    /** They do not go with the session as such: what becomes of them depends on the mark. */
    private Map<String, String> labels(Map<String, String> own) {
        Map<String, String> labels = new LinkedHashMap<>(own);
        labels.put(TOKEN, token);
        labels.put(Labels.OWNER, String.valueOf(Temporary.labels().get(Labels.OWNER)));
        labels.put(Labels.LIFETIME, "restore");
        return labels;
    }

    @Override
    public void undo(Deadline until) {
        volumes.empty(operation, image, new ArrayList<>(backups.keySet()), until);
        Map<String, String> back = new LinkedHashMap<>();
        backups.forEach((volume, backup) -> back.put(backup, volume));
        volumes.copy(operation, image, back, until);
        keep(until);
    }

    @Override
    public void keep(Deadline until) {
        volumes.forget(operation, mark());
        backups.values().forEach(backup -> volumes.forget(operation, backup));
    }
}
