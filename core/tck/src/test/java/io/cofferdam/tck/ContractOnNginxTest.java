package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.traffic.NginxRouter;
import io.cofferdam.traffic.TrafficRouter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;

/** Fails, and is not left out, where the program is missing. */
class ContractOnNginxTest extends TrafficRouterContract {

    @TempDir
    static Path folder;

    @Override
    protected TrafficRouter open() {
        return NginxRouter.in(folder.resolve("r"));
    }

    @Override
    protected Set<Feature> features() {
        return EnumSet.complementOf(EnumSet.of(Feature.CONNECTIONS_OUTLIVE_CHANGES));
    }

    @Override
    protected void end() throws IOException {
        try (Stream<Path> left = Files.list(folder.resolve("r"))) {
            assertThat(left.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("lock", "routes.json");
        }
        Processes.assertNoneMentions(folder);
    }
}
