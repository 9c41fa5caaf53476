package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Environments that stay for later runs. */
class ReuseOnProcessTest extends Cases {

    private static final List<String> IDS = Collections.synchronizedList(new ArrayList<>());
    private static final List<String> NAMES = Collections.synchronizedList(new ArrayList<>());

    /** Nobody else's: the same test may run elsewhere on this machine. */
    private static volatile String content = "";

    @Override
    String engine() {
        return "process";
    }

    @BeforeEach
    void fresh() {
        IDS.clear();
        NAMES.clear();
        content = UUID.randomUUID().toString();
    }

    @AfterEach
    void removeWhatWasKept() {
        try (Orchestrator engine = open()) {
            NAMES.forEach(name -> engine.environments().find(name).ifPresent(IsolatedEnvironment::remove));
        }
    }

    @CofferdamTest
    static class Kept {
        @Environment(scope = Scope.RUN, name = "kept", reuse = "10m")
        static EnvironmentSpec spec = Samples.says("kept");

        @Test
        void test(IsolatedEnvironment kept) {
            IDS.add(kept.id());
            NAMES.add(kept.name());
            assertThat(kept.spec().lifetime()).isEqualTo(Lifetime.ttl(Duration.ofMinutes(10)));
        }
    }

    @Test
    @DisplayName(
            "reuse: the next run takes what has the same content, also when it ended; another content gets another")
    void reuse() {
        Kept.spec = Samples.says(content);
        succeed(1, Kept.class);
        succeed(1, Kept.class);
        try (Orchestrator engine = open()) {
            engine.environments().get(NAMES.get(0)).stop();
        }
        succeed(1, Kept.class);
        Kept.spec = Samples.says(content + " changed");
        succeed(1, Kept.class);

        assertThat(IDS.subList(0, 3)).containsOnly(IDS.get(0));
        assertThat(IDS.get(3)).isNotEqualTo(IDS.get(0));
    }

    @CofferdamTest
    static class Unkept {
        @Environment(scope = Scope.RUN, name = "kept", reuse = "10m")
        static EnvironmentSpec spec = Samples.says("kept");

        @Test
        void test(IsolatedEnvironment kept) {
            NAMES.add(kept.name());
        }
    }

    @Test
    @DisplayName("reuse can be switched off, as build servers want it")
    void off() {
        Unkept.spec = Samples.says(content);
        succeed(1, Map.of("cofferdam.reuse", "false"), Unkept.class);

        try (Orchestrator engine = open()) {
            assertThat(engine.environments().find(NAMES.get(0))).isEmpty();
        }
    }
}
