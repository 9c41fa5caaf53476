package io.cofferdam.examples.shop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Finds the other services by their names. In a container the system knows them; for processes they are in the hosts file that a
 * variable names. What is found is not remembered, since instances come and go.
 */
final class Names {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int ANSWER_MILLIS = 15_000;

    private final Path hosts;

    private Names(Path hosts) {
        this.hosts = hosts;
    }

    static Names of(Map<String, String> variables) {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        return new Names(Path.of(variables.getOrDefault("COFFERDAM_HOSTS", "")));
    }

    /** A connection to any instance of a service; one that refuses is passed over for the next. */
    Socket connect(String service, int port) throws IOException {
        IOException refused = new IOException("no address is known for '" + service + "'");
        for (InetAddress address : addresses(service)) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(address, port), CONNECT_MILLIS);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(ANSWER_MILLIS);
                return socket;
            } catch (IOException failure) {
                socket.close();
                refused = failure;
            }
        }
        throw new IOException("could not connect to " + service + ":" + port + ": " + refused.getMessage(), refused);
    }

    private List<InetAddress> addresses(String service) throws IOException {
        List<InetAddress> found = new ArrayList<>();
        if (Files.isRegularFile(hosts)) {
            for (String line : Files.readAllLines(hosts)) {
                List<String> words =
                        Arrays.asList(line.replaceFirst("#.*", "").strip().split("\\s+", -1));
                if (words.size() > 1 && words.subList(1, words.size()).contains(service)) {
                    found.add(InetAddress.getByName(words.get(0)));
                }
            }
        }
        if (found.isEmpty()) {
            found.addAll(Arrays.asList(InetAddress.getAllByName(service)));
        }
        Collections.shuffle(found);
        return found;
    }
}
