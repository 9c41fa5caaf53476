package io.cofferdam.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux tells who holds a socket")
class SocketOwnerTest {

    private static final String SELF = "process " + ProcessHandle.current().pid() + " (java)";

    @Test
    void findsTheProcessThatListens() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(SocketOwner.of("tcp", socket.getLocalPort())).contains(SELF);
        }
    }

    @Test
    void findsTheProcessThatReceivesDatagrams() throws IOException {
        try (DatagramSocket socket = new DatagramSocket(0)) {
            assertThat(SocketOwner.of("udp", socket.getLocalPort())).contains(SELF);
        }
    }

    @Test
    void tellsNothingOfAFreePort() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        assertThat(SocketOwner.of("tcp", port)).isEmpty();
    }
}
