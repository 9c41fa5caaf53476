package io.cofferdam.examples.cli;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the shop is started by a shell")
class ShopOnProcessTest extends ShopDeployment {

    @Override
    List<String> engine(Path state) {
        return List.of("--engine", "process", "--state", state.toString());
    }
}
