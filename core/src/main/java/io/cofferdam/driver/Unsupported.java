package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageManifest;
import io.cofferdam.resource.ImagePrune;
import io.cofferdam.resource.ImageQuery;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RemovedImages;
import java.util.List;
import java.util.Optional;

/** Stand-ins for what an engine does not have: every call is answered with the error that says so. */
@Experimental
public final class Unsupported {

    private Unsupported() {}

    /**
     * The images of an engine without images.
     *
     * @param capabilities the engine's capabilities, which have to lack {@link Capability#IMAGES} or
     *     {@link Capability#IMAGE_STORE}
     * @return throws {@link UnsupportedCapabilityException} on every call
     */
    public static Images images(Capabilities capabilities) {
        return new Images() {
            @Override
            public Optional<Image> find(String reference) {
                throw unsupported();
            }

            @Override
            public Image pull(PullSpec spec) {
                throw unsupported();
            }

            @Override
            public ImageManifest manifest(String reference) {
                throw unsupported();
            }

            @Override
            public Image build(BuildSpec spec) {
                throw unsupported();
            }

            @Override
            public Image tag(String reference, String name) {
                throw unsupported();
            }

            @Override
            public PushedImage push(PushSpec spec) {
                throw unsupported();
            }

            @Override
            public List<Image> list(ImageQuery query) {
                throw unsupported();
            }

            @Override
            public RemovedImages remove(String reference, boolean force) {
                throw unsupported();
            }

            @Override
            public RemovedImages prune(ImagePrune prune) {
                throw unsupported();
            }

            private UnsupportedCapabilityException unsupported() {
                Capability missing = capabilities.has(Capability.IMAGES) ? Capability.IMAGE_STORE : Capability.IMAGES;
                return new UnsupportedCapabilityException(
                        capabilities.engine(),
                        missing.toString(),
                        capabilities.reason(missing),
                        "open an engine that runs containers by itself, such as docker");
            }
        };
    }

    /**
     * The snapshots of an engine without snapshots.
     *
     * @param capabilities the engine's capabilities
     * @return throws {@link UnsupportedCapabilityException} on every call
     */
    public static SnapshotStore snapshots(Capabilities capabilities) {
        return new SnapshotStore() {
            @Override
            public SavedSnapshot save(String unit, SnapshotRequest request, Deadline deadline) {
                throw unsupported();
            }

            @Override
            public Optional<SavedSnapshot> find(String name, Deadline deadline) {
                throw unsupported();
            }

            @Override
            public List<SavedSnapshot> list(Deadline deadline) {
                throw unsupported();
            }

            @Override
            public void remove(String name, Deadline deadline) {
                throw unsupported();
            }

            @Override
            public VolumeSwap swapVolumes(String snapshot, String unit, List<Mount.Volume> mounts, Deadline deadline) {
                throw unsupported();
            }

            @Override
            public EnvironmentSpec portable(String snapshot, EnvironmentSpec spec, Deadline deadline) {
                throw unsupported();
            }

            @Override
            public void send(String snapshot, FileSink sink, Deadline deadline) {
                throw unsupported();
            }

            @Override
            public SavedSnapshot receive(SnapshotRequest request, FileSource source, Deadline deadline) {
                throw unsupported();
            }

            private UnsupportedCapabilityException unsupported() {
                return new UnsupportedCapabilityException(
                        capabilities.engine(),
                        Capability.SNAPSHOTS.toString(),
                        capabilities.reason(Capability.SNAPSHOTS),
                        "copy files out and in instead");
            }
        };
    }
}
