package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One small thing to do, or to wait for: plain data, and harmless when done twice. A step that changes something carries a
 * {@link Guard}, which is checked against what is observed immediately before the step is done.
 */
@Experimental
public sealed interface Step {

    /**
     * Tells it from the other steps of its plan. The same thing to do has the same id in every plan of a deployment.
     *
     * @return its identifier
     */
    String id();

    /**
     * What must still be true for the step to be done; else there has to be another plan.
     *
     * @return {@link Guard#NONE} if it is always right
     */
    default Guard guard() {
        return Guard.NONE;
    }

    /**
     * Starts one instance.
     *
     * @param revision which revision
     * @param ordinal its number among the instances of the revision
     * @param guard what must still be true
     */
    record StartInstance(Revision revision, int ordinal, Guard guard) implements Step {
        @Override
        public String id() {
            return "start " + revision + "#" + ordinal;
        }
    }

    /**
     * Waits until one instance is available.
     *
     * @param revision which revision
     * @param ordinal its number among the instances of the revision
     */
    record AwaitAvailable(Revision revision, int ordinal) implements Step {
        @Override
        public String id() {
            return "await " + revision + "#" + ordinal;
        }
    }

    /**
     * Takes one instance out of its router and waits for the requests under way, for as long as is configured.
     *
     * @param revision which revision
     * @param ordinal its number among the instances of the revision
     * @param guard what must still be true
     */
    record Drain(Revision revision, int ordinal, Guard guard) implements Step {
        @Override
        public String id() {
            return "drain " + revision + "#" + ordinal;
        }
    }

    /**
     * Stops and removes one instance.
     *
     * @param revision which revision
     * @param ordinal its number among the instances of the revision
     * @param guard what must still be true
     */
    record StopInstance(Revision revision, int ordinal, Guard guard) implements Step {
        @Override
        public String id() {
            return "stop " + revision + "#" + ordinal;
        }

        static StopInstance of(Instance instance, Guard guard) {
            return new StopInstance(instance.revision(), instance.ordinal(), guard);
        }
    }

    /**
     * Runs the only instance of a one-off service to its end, unless it has succeeded already.
     *
     * @param revision which revision
     */
    record RunOnce(Revision revision) implements Step {
        @Override
        public String id() {
            return "run " + revision;
        }
    }

    /**
     * Brings one service to a revision and a number of instances, never crossing the bounds. Handed as it is to engines
     * that roll out themselves, and carried out by {@link Rollout} on the others.
     *
     * @param target what should be of the service
     * @param surge how many instances there may be beyond those desired
     * @param unavailable how many of those desired may be missing
     */
    record RollService(ServiceTarget target, int surge, int unavailable) implements Step {
        @Override
        public String id() {
            return "roll " + target.revision();
        }
    }

    /**
     * Gives revisions their shares of the traffic of some services, all at once.
     *
     * @param weights for each service the share of each of its revisions in percent, 100 in all
     * @param guard what must still be true
     */
    record ShiftTraffic(Map<String, Map<Revision, Integer>> weights, Guard guard) implements Step {
        /** What the ids of such steps begin with. */
        static final String PREFIX = "shift";

        public ShiftTraffic {
            weights = Map.copyOf(weights);
        }

        @Override
        public String id() {
            StringBuilder id = new StringBuilder(PREFIX);
            new java.util.TreeMap<>(weights)
                    .values()
                    .forEach(shares -> shares.entrySet().stream()
                            .filter(share -> share.getValue() > 0)
                            .map(share -> " " + share.getKey() + "=" + share.getValue() + "%")
                            .sorted()
                            .forEach(id::append));
            return id.toString();
        }
    }

    /**
     * Asks whether the new instances answer as they should.
     *
     * @param name which of the questions
     */
    record Verify(String name) implements Step {
        @Override
        public String id() {
            return "verify " + name;
        }
    }

    /**
     * Waits for a while, or for somebody to promote the deployment.
     *
     * @param name which of the pauses
     * @param time how long; null for until it is promoted
     */
    record Pause(String name, @Nullable Duration time) implements Step {
        @Override
        public String id() {
            return "pause " + name;
        }
    }

    /**
     * Does nothing; marks that everything before it is done.
     *
     * @param name what is done
     */
    record Milestone(String name) implements Step {
        @Override
        public String id() {
            return name;
        }
    }
}
