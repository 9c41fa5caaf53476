package io.cofferdam.driver;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.VolumeSpec;
import io.cofferdam.resource.Volumes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The volumes of a driver, with everything about them that is the same on every engine. */
final class DrivenVolumes implements Volumes {

    private static final Logger LOG = LoggerFactory.getLogger(DrivenVolumes.class);

    private final EngineSession session;
    private final DrivenEnvironments environments;

    /** Names of the volumes that go when the session ends. */
    private final Set<String> ending = ConcurrentHashMap.newKeySet();

    DrivenVolumes(EngineSession session, DrivenEnvironments environments) {
        this.session = session;
        this.environments = environments;
    }

    @Override
    public Volume ensure(String name, Map<String, String> labels) {
        return driver().ensure(name, labels);
    }

    @Override
    public Volume create(VolumeSpec spec) {
        session.ensureOpen();
        session.driver.capabilities().require(Capability.VOLUMES, "use a folder of the environment");
        Map<String, String> labels = new HashMap<>(spec.labels());
        labels.putAll(session.lifetimeLabels(spec.lifetime()));
        session.watcher.expect(spec.lifetime());
        return environments.whileOpen(() -> {
            Volume made = session.driver.createVolume(spec.name(), labels, session.callDeadline());
            if (spec.lifetime() instanceof Lifetime.Session) {
                ending.add(spec.name());
            }
            return made;
        });
    }

    @Override
    public Optional<Volume> find(String name) {
        return driver().find(name);
    }

    @Override
    public List<Volume> list(LabelSelector selector) {
        return driver().list(selector);
    }

    @Override
    public Map<String, Long> sizes(LabelSelector selector) {
        Volumes volumes = driver();
        session.driver
                .capabilities()
                .require(Capability.VOLUME_SIZES, "ask a command inside an environment that mounts them, such as du");
        return volumes.sizes(selector);
    }

    @Override
    public void remove(String name) {
        driver().remove(name);
        ending.remove(name);
    }

    @Override
    public List<String> prune(LabelSelector selector, Duration age) {
        Instant latest = session.clock.instant().minus(age);
        List<String> removed = new ArrayList<>();
        for (Volume volume : list(selector)) {
            boolean old = age.isZero()
                    || volume.createdAt().filter(at -> !at.isAfter(latest)).isPresent();
            if (old && removeUnused(volume.name())) {
                removed.add(volume.name());
            }
        }
        return removed;
    }

    private boolean removeUnused(String name) {
        try {
            remove(name);
            return true;
        } catch (WrongStateException used) {
            LOG.debug("volume '{}' is kept: {}", name, used.getMessage());
            return false;
        }
    }

    /** The removals that are due when the session ends, each of which may fail by itself. */
    List<Runnable> endWithSession() {
        return ending.stream()
                .map(name -> (Runnable) () -> session.driver.volumes().remove(name))
                .toList();
    }

    private Volumes driver() {
        session.ensureOpen();
        return session.driver.volumes();
    }
}
