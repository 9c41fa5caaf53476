package io.cofferdam.tck;

import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.pipeline.Cluster;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A cluster whose deployments are available at once, and in whose pods commands mean what a test wants. */
final class FakeCluster implements Cluster {

    final Map<String, Deployment> deployments = new ConcurrentHashMap<>();
    final Map<String, Integer> replicas = new ConcurrentHashMap<>();

    /** Every call, in words. */
    final List<String> calls = new CopyOnWriteArrayList<>();

    private static String key(Target target) {
        return target.namespace() + "/" + target.kind() + "/" + target.name();
    }

    private int known(Target target) {
        Integer there = replicas.get(key(target));
        if (there == null) {
            throw new NotFoundException("there is no " + key(target) + "; deploy it");
        }
        return there;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public void deploy(Deployment deployment) {
        if (deployment.image().equals("refused")) {
            throw new NotFoundException(
                    "there is no namespace '" + deployment.target().namespace() + "'; make it");
        }
        calls.add("deploy " + deployment);
        deployments.put(key(deployment.target()), deployment);
        replicas.put(key(deployment.target()), deployment.replicas());
    }

    @Override
    public List<Target> apply(String manifest, @Nullable String namespace) {
        calls.add("apply " + manifest.strip() + " in " + namespace);
        List<Target> targets = new ArrayList<>();
        manifest.lines().forEach(line -> {
            String[] words = line.split(" ", -1);
            targets.add(new Target(namespace, words[0], words[1]));
        });
        targets.forEach(target -> replicas.put(key(target), 1));
        return targets;
    }

    @Override
    public int scale(Target target, int wanted) {
        int former = known(target);
        calls.add("scale " + key(target) + " to " + wanted);
        replicas.put(key(target), wanted);
        return former;
    }

    @Override
    public void await(Target target, String condition, Duration timeout) {
        known(target);
        calls.add("await " + key(target) + " " + condition + " " + timeout.toSeconds());
        if (condition.equals("never")) {
            hang("waiting for " + target.name(), timeout);
        }
    }

    private static void hang(String what, Duration timeout) {
        try {
            if (!new CountDownLatch(1).await(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new OperationTimeoutException(what + " took too long: no pod is ready", null);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        }
    }

    private static void write(OutputStream to, String text) {
        try {
            to.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public int exec(Pods pods, List<String> command, OutputStream stdout, OutputStream stderr) {
        calls.add("exec " + pods + " " + command);
        write(stdout, String.join(" ", command) + "\n");
        if (command.get(0).equals("hang")) {
            hang("the command", Duration.ofMinutes(5));
        }
        write(stderr, "said so\n");
        return command.get(0).equals("fail") ? 3 : 0;
    }

    @Override
    public void logs(Pods pods, Optional<Integer> tail, Optional<Duration> since, OutputStream to) {
        if (pods.selector().equals("app=nobody")) {
            throw new NotFoundException("no pod has the labels 'app=nobody'; look at 'pod_selector'");
        }
        calls.add("logs " + pods + " " + tail + " " + since);
        write(to, "a line\n");
    }

    @Override
    public boolean delete(Target target) {
        if (target.kind().equals("rocket")) {
            throw new NotFoundException("the cluster knows no kind 'rocket'");
        }
        calls.add("delete " + key(target));
        return replicas.remove(key(target)) != null;
    }

    @Override
    public List<Target> deleteAll(@Nullable String namespace, String kind, String selector) {
        calls.add("delete every " + kind + " with " + selector + " in " + namespace);
        return List.of(new Target(namespace, kind, "one"), new Target(namespace, kind, "two"));
    }
}
