package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Volume;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The named volumes of a project, which are there before the first instance and after the last. */
final class ProjectVolumes {

    private final EngineSession session;
    private final DrivenVolumes volumes;
    private final Set<String> known = ConcurrentHashMap.newKeySet();

    ProjectVolumes(EngineSession session, DrivenVolumes volumes) {
        this.session = session;
        this.volumes = volumes;
    }

    /** The mounts of an instance, with the names of volumes that the engine has. */
    static List<Mount> mounts(Application application, Service service) {
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : service.template().mounts()) {
            mounts.add(
                    mount instanceof Mount.Volume volume
                            ? new Mount.Volume(
                                    engineName(application.project(), definition(application, volume)),
                                    volume.target(),
                                    volume.readOnly())
                            : mount);
        }
        return mounts;
    }

    /** Makes sure of the volumes of an instance. */
    void ensure(Application application, Service service) {
        for (Mount mount : service.template().mounts()) {
            if (mount instanceof Mount.Volume volume) {
                VolumeDefinition definition = definition(application, volume);
                String name = engineName(application.project(), definition);
                if (!known.contains(name)) {
                    ensure(application.project(), definition, name);
                    known.add(name);
                }
            }
        }
    }

    /** What was seen may be gone. */
    void forget() {
        known.clear();
    }

    private void ensure(String project, VolumeDefinition definition, String name) {
        if (definition.external()) {
            if (volumes.find(name).isEmpty()) {
                throw new NotFoundException("there is no volume '" + name + "' on the " + session.engine()
                        + " engine, which project '" + project + "' expects to exist; create it first, or let the"
                        + " application make it");
            }
            return;
        }
        Map<String, String> labels = new HashMap<>(definition.labels());
        labels.putAll(session.lifetimeLabels(Lifetime.persistent()));
        labels.put(Labels.PROJECT, project);
        Volume volume = volumes.ensure(name, labels);
        if (!project.equals(volume.labels().get(Labels.PROJECT))) {
            throw new NameTakenException("could not make volume '" + name + "' of project '" + project + "' ("
                    + session.engine() + "): there is one of that name that is not the project's; name the project's"
                    + " volume otherwise, or declare it external");
        }
    }

    /** Removes all volumes of a project with what is in them. */
    void remove(String project) {
        List<WrongStateException> used = new ArrayList<>();
        for (Volume volume : volumes.list(LabelSelector.of(Labels.PROJECT, project))) {
            known.remove(volume.name());
            try {
                volumes.remove(volume.name());
            } catch (WrongStateException inUse) {
                used.add(inUse);
            }
        }
        if (!used.isEmpty()) {
            WrongStateException first = used.get(0);
            used.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }

    private static VolumeDefinition definition(Application application, Mount.Volume mount) {
        return Optional.ofNullable(application.volumes().get(mount.volume()))
                .orElseGet(() -> VolumeDefinition.of(mount.volume()));
    }

    private static String engineName(String project, VolumeDefinition definition) {
        String own = definition.external() ? definition.name() : InstanceNames.part(project, definition.name());
        return definition.givenName().orElse(own);
    }
}
