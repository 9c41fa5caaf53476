package io.cofferdam.docker;

import com.github.dockerjava.transport.NamedPipeSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Objects;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection over TLS, or over a named pipe of Windows. Closing the sending half of a TLS connection sends a
 * {@code close_notify}, which engines take for the end of the input; a named pipe has no halves, so there a command that
 * reads its input to the end does not see that end.
 */
final class StreamSocket implements EngineSocket {

    private final EngineAddress address;
    private final Tls tls;

    /** The TCP connection under TLS, or the pipe. */
    private final Socket plain;

    private volatile @Nullable Socket connected;

    StreamSocket(EngineAddress address, Tls tls) {
        this.address = address;
        this.tls = tls;
        this.plain = address.kind() == EngineAddress.Kind.NPIPE ? new NamedPipeSocket(address.path()) : new Socket();
    }

    @Override
    public void connect() throws IOException {
        InetSocketAddress target = new InetSocketAddress(address.host(), address.port());
        if (address.kind() == EngineAddress.Kind.NPIPE) {
            plain.connect(target, 0);
            connected = plain;
            return;
        }
        if (target.isUnresolved()) {
            throw new UnknownHostException(address.host());
        }
        plain.setTcpNoDelay(true);
        plain.setKeepAlive(true);
        plain.connect(target);
        SSLSocket secure = (SSLSocket)
                tls.context(address).getSocketFactory().createSocket(plain, address.host(), address.port(), true);
        SSLParameters parameters = secure.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secure.setSSLParameters(parameters);
        secure.startHandshake();
        connected = secure;
    }

    @Override
    public InputStream input() {
        try {
            return socket().getInputStream();
        } catch (IOException closed) {
            return InputStream.nullInputStream();
        }
    }

    @Override
    public OutputStream output() {
        try {
            return socket().getOutputStream();
        } catch (IOException closed) {
            return OutputStream.nullOutputStream();
        }
    }

    @Override
    public void shutdownOutput() throws IOException {
        if (address.kind() == EngineAddress.Kind.TCP) {
            socket().shutdownOutput();
        }
    }

    @Override
    public boolean isStale() {
        if (address.kind() == EngineAddress.Kind.NPIPE) {
            return false;
        }
        try {
            Socket socket = socket();
            socket.setSoTimeout(1);
            try {
                // Nothing is due on an idle connection: a byte and an end are both signs of its end.
                return socket.getInputStream().read() != Integer.MIN_VALUE;
            } catch (SocketTimeoutException quiet) {
                return false;
            } finally {
                socket.setSoTimeout(0);
            }
        } catch (IOException broken) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        // The connection below first: TLS would wait for a writer that hangs.
        plain.close();
    }

    private Socket socket() {
        return Objects.requireNonNull(connected, "not connected");
    }
}
