package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Resource limits, enforced where the engine can and refused where it cannot, and usage figures. */
abstract class LimitCases extends Cases {

    private static final long MEMORY = 64L * 1024 * 1024;

    @Test
    @DisplayName("memory: what exceeds the limit is ended, and status and event say why")
    void memory() {
        Recorder events = record();
        EnvironmentSpec spec = shell("job", "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done")
                .limits(ResourceLimits.none().withMemory(MEMORY))
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.MEMORY_LIMIT)) {
            assertRefused(Capability.MEMORY_LIMIT, spec);
            return;
        }

        IsolatedEnvironment environment = environments().run(spec);

        assertThat(environment.awaitExit(patience())).isNotZero();
        assertThat(environment.status().outOfMemory()).isTrue();
        assertThat(events.await(EnvironmentEvent.Exited.class, name("job")).outOfMemory())
                .isTrue();
    }

    @Test
    @DisplayName("pids: no more processes than the limit")
    void pids() {
        EnvironmentSpec spec = shell(
                        "job", "i=0; while [ $i -lt 60 ]; do sleep 60 & i=$((i+1)); done; echo all were started")
                .limits(ResourceLimits.none().withPids(20))
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.PIDS_LIMIT)) {
            assertRefused(Capability.PIDS_LIMIT, spec);
            return;
        }

        IsolatedEnvironment environment = environments().run(spec);

        assertThat(environment.awaitExit(patience())).isNotZero();
        assertThat(stdout(environment)).doesNotContain("all were started");
    }

    @Test
    @DisplayName("cpus: taken or refused, never ignored")
    void cpus() {
        assertTakenOrRefused(Capability.CPU_LIMIT, spec -> spec.cpus(0.5));
    }

    @Test
    @DisplayName("disk: taken or refused, never ignored")
    void disk() {
        assertTakenOrRefused(
                Capability.DISK_LIMIT, spec -> spec.limits(ResourceLimits.none().withDisk(64L << 20)));
    }

    @Test
    @DisplayName("defaultLimits: hold for environments whose specification sets none")
    void defaultLimits() {
        try (Orchestrator limited = subject()
                .provider()
                .open(subject().config().toBuilder()
                        .defaultLimits(ResourceLimits.none().withMemory(MEMORY))
                        .build())) {
            EnvironmentSpec spec =
                    shell("job", IDLE).readyWhen(Readiness.running()).build();
            if (!has(Capability.MEMORY_LIMIT)) {
                assertRefused(
                        Capability.MEMORY_LIMIT, () -> limited.environments().create(spec));
                return;
            }

            IsolatedEnvironment environment = limited.environments().run(spec);

            assertThat(environment.spec().limits().memory()).hasValue(MEMORY);
        }
    }

    @Test
    @DisplayName("usage: memory, processes and processor time of a running environment")
    void usage() {
        IsolatedEnvironment environment =
                run("job", "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo done; " + IDLE);
        if (!has(Capability.USAGE)) {
            assertRefused(Capability.USAGE, environment::usage);
            return;
        }
        ResourceUsage before = environment.usage();

        eventually(
                "it has used processor time",
                () -> environment.usage().cpuTime().compareTo(Duration.ZERO) > 0);

        ResourceUsage after = environment.usage();
        assertThat(after.cpuTime()).isGreaterThanOrEqualTo(before.cpuTime());
        assertThat(after.at()).isAfter(before.at());
        assertThat(after.memory()).isPositive();
        assertThat(after.pids()).isPositive();
        assertThat(after.cpusSince(before)).isNotNegative();
    }

    @Test
    @DisplayName("usage: tells the memory limit")
    void usageTellsTheLimit() {
        if (!has(Capability.MEMORY_LIMIT)) {
            assertRefused(
                    Capability.MEMORY_LIMIT, shell("job", IDLE).memory("64m").build());
            return;
        }
        if (!has(Capability.USAGE)) {
            assertRefused(Capability.USAGE, idle("job")::usage);
            return;
        }

        IsolatedEnvironment environment = environments()
                .run(shell("job", IDLE)
                        .memory("64m")
                        .readyWhen(Readiness.running())
                        .build());

        assertThat(environment.usage().memoryLimit()).hasValue(MEMORY);
    }

    @Test
    @DisplayName("usage: a wrong state if it does not run")
    void usageOfOneThatDoesNotRun() {
        IsolatedEnvironment environment =
                environments().create(shell("job", IDLE).build());
        if (!has(Capability.USAGE)) {
            assertRefused(Capability.USAGE, environment::usage);
            return;
        }

        assertThatThrownBy(environment::usage)
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name("job"));
    }

    private void assertTakenOrRefused(Capability capability, UnaryOperator<EnvironmentSpec.Builder> limit) {
        EnvironmentSpec spec =
                limit.apply(shell("job", IDLE).readyWhen(Readiness.running())).build();
        if (!has(capability)) {
            assertRefused(capability, spec);
            return;
        }
        IsolatedEnvironment environment = environments().run(spec);
        assertThat(environment.status().state().isAlive()).isTrue();
        assertThat(environment.spec().limits()).isEqualTo(spec.limits());
    }
}
