package io.cofferdam.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.tck.TrafficRouterContract;
import io.cofferdam.traffic.TrafficRouter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

class ContractOnDetachedGatewayTest extends TrafficRouterContract {

    @TempDir(cleanup = CleanupMode.ALWAYS)
    static Path folder;

    @Override
    protected TrafficRouter open() {
        return Gateway.detached(folder);
    }

    @Override
    protected void end() throws IOException {
        try (Gateway gateway = Gateway.detached(folder)) {
            assertThat(gateway.stopWhenIdle()).isTrue();
            assertThat(gateway.process()).isEmpty();
        }
        assertThat(Files.exists(folder.resolve("gateway.sock"))).isFalse();
        assertThat(folder.resolve("gateway.log")).content().isEmpty();
    }
}
