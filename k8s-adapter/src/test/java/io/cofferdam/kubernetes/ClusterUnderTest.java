package io.cofferdam.kubernetes;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.Programs;
import java.time.Duration;
import java.util.List;

/** The cluster of the tests, for the contract tests. */
record ClusterUnderTest(EngineConfig config) implements EngineUnderTest {

    @Override
    public OrchestratorProvider provider() {
        return new KubernetesProvider();
    }

    @Override
    public Programs programs() {
        return new InPods(Programs.inImage("cofferdam-test/busybox:1"));
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(120);
    }

    @Override
    public Duration startup() {
        return Duration.ofSeconds(15);
    }

    /** The usual programs. Busybox's nslookup asks a DNS server and nobody else; its ping asks the resolver. */
    private record InPods(Programs usual) implements Programs {

        @Override
        public EnvironmentSpec.Builder shell(String script) {
            return usual.shell(script);
        }

        @Override
        public EnvironmentSpec.Builder web(int port) {
            return usual.web(port);
        }

        @Override
        public List<String> fetch(String host, int port) {
            return usual.fetch(host, port);
        }

        @Override
        public List<String> resolve(String host) {
            return List.of("sh", "-c", "ping -c 1 -w 1 \"$0\" 2>&1 | grep -q '^PING '", host);
        }
    }
}
