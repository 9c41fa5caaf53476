package io.cofferdam.docker;

import com.github.dockerjava.core.util.CertificateUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Makes the TLS context of one engine from the PEM files Docker uses, once. */
final class Tls {

    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable SSLContext context;

    /**
     * The context for an address with a TLS folder.
     *
     * @throws SSLException with a clause that says which file is wrong
     */
    SSLContext context(EngineAddress address) throws SSLException {
        lock.lock();
        try {
            if (context == null) {
                context = read(Objects.requireNonNull(address.tlsDirectory(), "tlsDirectory"));
            }
            return context;
        } finally {
            lock.unlock();
        }
    }

    private static SSLContext read(Path folder) throws SSLException {
        for (String name : List.of("ca.pem", "cert.pem", "key.pem")) {
            if (!Files.isReadable(folder.resolve(name))) {
                throw new SSLException("there is no readable file " + folder.resolve(name));
            }
        }
        try {
            char[] noPassword = "docker".toCharArray();
            KeyStore own = CertificateUtils.createKeyStore(
                    Files.readString(folder.resolve("key.pem")), Files.readString(folder.resolve("cert.pem")));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, noPassword);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(CertificateUtils.createTrustStore(Files.readString(folder.resolve("ca.pem"))));
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return made;
        } catch (GeneralSecurityException | IOException | RuntimeException wrong) {
            throw new SSLException("the certificates in " + folder + " cannot be used: " + wrong.getMessage(), wrong);
        }
    }
}
