package io.cofferdam.tck;

import io.cofferdam.environment.EnvironmentSpec;
import java.util.List;

/** The programs by means of busybox. */
final class ImagePrograms implements Programs {

    private final String image;

    ImagePrograms(String image) {
        this.image = image;
    }

    @Override
    public EnvironmentSpec.Builder shell(String script) {
        return EnvironmentSpec.image(image).withCommand("sh", "-c", script);
    }

    @Override
    public EnvironmentSpec.Builder web(int port) {
        // Process 1 has no default signal handling: without the trap SIGTERM would be ignored.
        return shell("mkdir -p www; printf '%s' \"${GREETING-hello}\" > www/index.html; httpd -f -p " + port
                + " -h \"$PWD/www\" & server=$!; trap 'kill $server; exit 143' TERM; wait $server");
    }

    @Override
    public List<String> fetch(String host, int port) {
        return List.of("timeout", "10", "wget", "-q", "-O", "-", "http://" + host + ":" + port + "/");
    }

    @Override
    public List<String> resolve(String host) {
        return List.of("nslookup", host);
    }
}
