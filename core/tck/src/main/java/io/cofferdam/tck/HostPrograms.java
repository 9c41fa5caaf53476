package io.cofferdam.tck;

import io.cofferdam.environment.EnvironmentSpec;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The programs by means of the host's {@code sh} and the running JVM's own {@code java}. */
final class HostPrograms implements Programs {

    @Override
    public EnvironmentSpec.Builder shell(String script) {
        return EnvironmentSpec.command("sh", "-c", script);
    }

    @Override
    public EnvironmentSpec.Builder web(int port) {
        return EnvironmentSpec.builder().withCommand(java(WebProgram.class, Integer.toString(port)));
    }

    @Override
    public List<String> fetch(String host, int port) {
        return java(FetchProgram.class, host, Integer.toString(port));
    }

    @Override
    public List<String> resolve(String host) {
        return List.of("getent", "hosts", host);
    }

    private static List<String> java(Class<?> program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-XX:-UsePerfData",
                "-cp",
                classPath(program).toString(),
                program.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Path classPath(Class<?> program) {
        try {
            return Path.of(
                    program.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the contract tests have to be loaded from a file or folder", e);
        }
    }
}
