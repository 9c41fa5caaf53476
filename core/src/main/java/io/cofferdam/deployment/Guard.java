package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.util.List;
import java.util.Set;

/** What must be true of the instances of a service immediately before a step changes something: plain data. */
@Experimental
public sealed interface Guard {

    /** Always true. */
    Guard NONE = new All(List.of());

    /**
     * Checks it.
     *
     * @param instances what is observed now, of any service
     * @return whether the step may be done
     */
    boolean holds(List<Instance> instances);

    /**
     * There is room for one more instance.
     *
     * @param service the service
     * @param most how many instances it may have in all
     */
    record Room(String service, int most) implements Guard {
        @Override
        public boolean holds(List<Instance> instances) {
            return instances.stream()
                            .filter(instance -> instance.service().equals(service))
                            .count()
                    < most;
        }
    }

    /**
     * One instance can be done without: it does not serve, or enough others do.
     *
     * @param revision the instance's revision
     * @param ordinal its number among the instances of the revision
     * @param least how many available instances the service has to keep
     */
    record Spare(Revision revision, int ordinal, int least) implements Guard {
        @Override
        public boolean holds(List<Instance> instances) {
            long others = instances.stream()
                    .filter(instance -> instance.service().equals(revision.service()))
                    .filter(Instance::isAvailable)
                    .filter(instance -> !(instance.revision().equals(revision) && instance.ordinal() == ordinal))
                    .count();
            boolean serves = instances.stream()
                    .anyMatch(instance -> instance.revision().equals(revision)
                            && instance.ordinal() == ordinal
                            && instance.isAvailable());
            return !serves || others >= least;
        }
    }

    /**
     * Enough instances of a revision are available.
     *
     * @param revision the revision
     * @param least how many
     */
    record Serves(Revision revision, int least) implements Guard {
        @Override
        public boolean holds(List<Instance> instances) {
            return instances.stream()
                            .filter(instance -> instance.revision().equals(revision))
                            .filter(Instance::isAvailable)
                            .count()
                    >= least;
        }
    }

    /**
     * Nothing else than some revision of a service is there.
     *
     * @param revision the revision
     */
    record Alone(Revision revision) implements Guard {
        @Override
        public boolean holds(List<Instance> instances) {
            return instances.stream()
                    .filter(instance -> instance.service().equals(revision.service()))
                    .allMatch(instance -> instance.revision().equals(revision));
        }
    }

    /**
     * Several guards hold.
     *
     * @param guards the guards
     */
    record All(List<Guard> guards) implements Guard {
        public All {
            guards = List.copyOf(guards);
        }

        @Override
        public boolean holds(List<Instance> instances) {
            return guards.stream().allMatch(guard -> guard.holds(instances));
        }

        static Guard serving(Set<Revision> revisions) {
            return new All(revisions.stream()
                    .<Guard>map(revision -> new Serves(revision, 1))
                    .toList());
        }
    }
}
