package io.cofferdam.kubernetes;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection to a TCP port of a pod: to its own address, or through the API server ({@code portforward}). */
interface PodConnection extends Closeable {

    /** Passes on what comes from the pod until its end. */
    void receive(OutputStream to) throws IOException;

    void send(byte[] bytes, int length) throws IOException;

    /** Says that nothing more is sent. */
    void endSending() throws IOException;

    /** Connects to the pod's own address. */
    static PodConnection direct(String address, int port) throws IOException {
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(address, port), 10_000);
        } catch (IOException failure) {
            socket.close();
            throw failure;
        }
        return new PodConnection() {
            @Override
            public void receive(OutputStream to) throws IOException {
                byte[] buffer = new byte[32 * 1024];
                for (int count = socket.getInputStream().read(buffer);
                        count >= 0;
                        count = socket.getInputStream().read(buffer)) {
                    to.write(buffer, 0, count);
                }
            }

            @Override
            public void send(byte[] bytes, int length) throws IOException {
                socket.getOutputStream().write(bytes, 0, length);
            }

            @Override
            public void endSending() throws IOException {
                socket.shutdownOutput();
            }

            @Override
            public void close() throws IOException {
                socket.close();
            }
        };
    }

    /** Connects through the API server, which needs no way from here to the pod. */
    static PodConnection forwarded(Operation operation, Api api, String podPath, int port) throws IOException {
        UpgradedSocket socket = new UpgradedSocket();
        try {
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("X-Stream-Protocol-Version", "portforward.k8s.io");
            String authorization = api.authorization(operation);
            if (authorization != null) {
                headers.put("Authorization", authorization);
            }
            socket.open(api.cluster(), api.client(), podPath + "/portforward", headers);
            return new Forwarded(new Spdy(socket), port);
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    /** Two streams: one for the data, and one on which the other side tells why there is none. */
    final class Forwarded implements PodConnection {

        private final Spdy spdy;
        private final Spdy.Channel data;
        private volatile @Nullable OutputStream receiver;

        private Forwarded(Spdy spdy, int port) throws IOException {
            this.spdy = spdy;
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("streamtype", "error");
            headers.put("port", Integer.toString(port));
            headers.put("requestid", "0");
            spdy.open(headers, receiver((bytes, length) -> {
                        throw new IOException("the other side refused the connection");
                    }))
                    .end();
            Map<String, String> second = new LinkedHashMap<>(headers);
            second.put("streamtype", "data");
            data = spdy.open(second, receiver((bytes, length) -> {
                OutputStream to = receiver;
                if (to == null) {
                    throw new IOException("nobody reads");
                }
                to.write(bytes, 0, length);
            }));
        }

        /** Takes bytes. */
        private interface Bytes {
            void accept(byte[] bytes, int length) throws IOException;
        }

        private static Spdy.Receiver receiver(Bytes bytes) {
            return new Spdy.Receiver() {
                @Override
                public void data(byte[] buffer, int length) throws IOException {
                    bytes.accept(buffer, length);
                }

                @Override
                public void end() {
                    // The end of both streams ends the reading.
                }
            };
        }

        @Override
        public void receive(OutputStream to) throws IOException {
            receiver = to;
            spdy.run();
        }

        @Override
        public void send(byte[] bytes, int length) throws IOException {
            data.write(bytes, 0, length);
        }

        @Override
        public void endSending() throws IOException {
            data.end();
        }

        @Override
        public void close() {
            spdy.close();
        }
    }
}
