package io.cofferdam.tck;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLConnection;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * The command of {@link Programs#fetch} as a program of its own: uses nothing but the JDK. Names are looked up in the hosts
 * file that the engine offers, and where there is none in the system's resolver.
 */
final class FetchProgram {

    private static final int TIMEOUT_MILLIS = 5000;

    private FetchProgram() {}

    public static void main(String[] arguments) throws IOException {
        URI uri = URI.create("http://" + address(arguments[0]) + ":" + arguments[1] + "/");
        URLConnection connection = uri.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MILLIS);
        connection.setReadTimeout(TIMEOUT_MILLIS);
        try (InputStream body = connection.getInputStream()) {
            body.transferTo(System.out);
        }
        System.out.flush();
    }

    private static String address(String host) throws IOException {
        String hosts = System.getenv("COFFERDAM_HOSTS");
        if (hosts == null || host.matches("[0-9.]+")) {
            return InetAddress.getByName(host).getHostAddress();
        }
        for (String line : Files.readAllLines(Path.of(hosts))) {
            List<String> words =
                    Arrays.asList(line.replaceFirst("#.*", "").strip().split("\\s+", -1));
            if (words.subList(1, words.size()).contains(host)) {
                return words.get(0);
            }
        }
        throw new UnknownHostException(host + " is not in " + hosts);
    }
}
