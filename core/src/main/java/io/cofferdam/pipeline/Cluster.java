package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.resource.RegistryCredentials;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A Kubernetes cluster, as the steps {@code k8s_…} use it. Back ends implement it and give it out by a {@link ClusterProvider};
 * a host application may give its own through the {@link Catalogue}. Safe for use by many threads.
 *
 * <p>Every call blocks until it is done. An interrupt ends it within 250 ms with
 * {@link io.cofferdam.error.OperationInterruptedException}, the flag set. What is not there is a
 * {@link io.cofferdam.error.NotFoundException}, what the cluster refuses an {@link io.cofferdam.error.EngineException} with its answer,
 * a cluster that cannot be reached an {@link io.cofferdam.error.EngineUnavailableException}.
 */
@Experimental
public interface Cluster {

    /**
     * Something in the cluster.
     *
     * @param namespace its namespace; null for the one of the cluster's configuration
     * @param kind its kind in lower case, such as {@code deployment}, {@code pod}, {@code service}
     * @param name its name
     */
    record Target(@Nullable String namespace, String kind, String name) {

        public Target {
            Objects.requireNonNull(kind, "kind");
            Objects.requireNonNull(name, "name");
        }
    }

    /**
     * A deployment that is to be.
     *
     * @param target the deployment; another one of that name is changed
     * @param replicas how many pods
     * @param image their image
     * @param command what they run, empty for what the image says
     * @param environment their variables
     * @param secretEnvironment their variables that nobody is to see; kept in a secret of the cluster
     * @param ports the ports they listen on
     * @param labels labels for everything that is made
     * @param container what the container in each pod is called
     * @param login how nodes log in at the registry of the image, kept in a secret of the cluster; null for their own ways
     */
    record Deployment(
            Target target,
            int replicas,
            String image,
            List<String> command,
            Map<String, String> environment,
            Map<String, String> secretEnvironment,
            List<Integer> ports,
            Map<String, String> labels,
            String container,
            @Nullable RegistryCredentials login) {

        public Deployment {
            Objects.requireNonNull(target, "target");
            Objects.requireNonNull(image, "image");
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            secretEnvironment = Map.copyOf(secretEnvironment);
            ports = List.copyOf(ports);
            labels = Map.copyOf(labels);
            Objects.requireNonNull(container, "container");
        }

        /** Everything but the values of variables. */
        @Override
        public String toString() {
            return "Deployment[" + target + ", " + replicas + " of " + image + "]";
        }
    }

    /**
     * Which pods are meant.
     *
     * @param namespace their namespace; null for the one of the cluster's configuration
     * @param selector labels as the cluster writes them, such as {@code app=my-app}
     * @param container the container in the pod; null for its first one
     */
    record Pods(
            @Nullable String namespace,
            String selector,
            @Nullable String container) {

        public Pods {
            Objects.requireNonNull(selector, "selector");
        }
    }

    /**
     * Where the cluster is.
     *
     * @return its name for messages
     */
    String name();

    /**
     * Makes a deployment what it is to be, with server-side apply, and does not wait for its pods.
     *
     * @param deployment what it is to be
     */
    void deploy(Deployment deployment);

    /**
     * Makes everything in a manifest what it is to be, with server-side apply. Everything is tried without effect first, as far as the
     * cluster can tell before the rest of the manifest is there, so that a mistake in one document leaves nothing of the others.
     *
     * @param manifest one or more documents of YAML
     * @param namespace where what names no namespace goes; null for the one of the cluster's configuration
     * @return what is there now, in the order of the manifest
     */
    List<Target> apply(String manifest, @Nullable String namespace);

    /**
     * Sets how many replicas there are, and does not wait for them.
     *
     * @param target what has replicas
     * @param replicas how many, 0 or more
     * @return how many there were
     */
    int scale(Target target, int replicas);

    /**
     * Waits until a condition holds, by watching. A deployment, a stateful set or a daemon set is {@code available} or {@code ready}
     * when everything it was last told is carried out: all of its pods are of the new kind, as many as are wanted, and available.
     *
     * @param target of what
     * @param condition for example {@code available} or {@code ready}; {@code deleted} waits until it is gone; any other is one of the
     *     object's own conditions, in whatever case
     * @param timeout how long to wait at the most
     * @throws io.cofferdam.error.WrongStateException if it cannot hold any more: a job that failed, a pod that ended, a rollout that the
     *     cluster has given up
     * @throws io.cofferdam.error.OperationTimeoutException if it did not hold in time; its message says what stands in the way:
     *     pods that cannot be scheduled, images that cannot be had, containers that end, with their last lines
     */
    void await(Target target, String condition, Duration timeout);

    /**
     * Runs a command in one of the pods that are ready.
     *
     * @param pods which
     * @param command the program and its arguments, without a shell
     * @param stdout where its standard output goes
     * @param stderr where its standard error goes
     * @return its exit code
     */
    int exec(Pods pods, List<String> command, OutputStream stdout, OutputStream stderr);

    /**
     * Copies what pods wrote.
     *
     * @param pods which
     * @param tail how many lines of each at the most; empty for all
     * @param since how far back; empty for everything
     * @param to where it goes
     */
    void logs(Pods pods, Optional<Integer> tail, Optional<Duration> since, OutputStream to);

    /**
     * Deletes something and what belongs to it, and waits until it is gone.
     *
     * @param target what
     * @return false if it was not there
     */
    boolean delete(Target target);

    /**
     * Deletes what carries labels, and waits until it is gone.
     *
     * @param namespace where; null for the namespace of the cluster's configuration
     * @param kind of which kind
     * @param selector labels as the cluster writes them, not blank
     * @return what was deleted
     */
    List<Target> deleteAll(@Nullable String namespace, String kind, String selector);
}
