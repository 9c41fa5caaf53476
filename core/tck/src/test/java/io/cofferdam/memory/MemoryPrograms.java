package io.cofferdam.memory;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.tck.Programs;
import java.util.List;

/** The contract's programs in the forms that the engine in memory knows. */
final class MemoryPrograms implements Programs {

    @Override
    public EnvironmentSpec.Builder shell(String script) {
        return EnvironmentSpec.command("sh", "-c", script);
    }

    @Override
    public EnvironmentSpec.Builder web(int port) {
        return EnvironmentSpec.command("web", Integer.toString(port));
    }

    @Override
    public List<String> fetch(String host, int port) {
        return List.of("fetch", host, Integer.toString(port));
    }

    @Override
    public List<String> resolve(String host) {
        return List.of("resolve", host);
    }
}
