package io.cofferdam.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/** Makes the TLS context of one engine from the PEM files Docker uses, once. */
final class Tls {

    /** The keys are in memory only. */
    private static final char[] NO_PASSWORD = {};

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

    /**
     * The key and the authorities of an address as stores of their own, for another process.
     *
     * @param keys a PKCS #12 store in base 64
     * @param authorities another one
     */
    record Stores(String keys, String authorities) {

        /** Nothing of the keys. */
        @Override
        public String toString() {
            return "Stores";
        }
    }

    /** Writes the stores, both under the same password. */
    static Stores stores(EngineAddress address, String password) throws IOException {
        Path folder = Objects.requireNonNull(address.tlsDirectory(), "tlsDirectory");
        try {
            char[] secret = password.toCharArray();
            return new Stores(base64(own(folder, secret), secret), base64(authorities(folder), secret));
        } catch (GeneralSecurityException wrong) {
            throw new IOException("the certificates in " + folder + " cannot be used", wrong);
        }
    }

    private static String base64(KeyStore store, char[] password) throws GeneralSecurityException, IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        store.store(bytes, password);
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static SSLContext read(Path folder) throws SSLException {
        for (String name : List.of("ca.pem", "cert.pem", "key.pem")) {
            if (!Files.isReadable(folder.resolve(name))) {
                throw new SSLException("there is no readable file " + folder.resolve(name));
            }
        }
        try {
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own(folder, NO_PASSWORD), NO_PASSWORD);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(authorities(folder));
            SSLContext made = SSLContext.getInstance("TLS");
            made.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return made;
        } catch (GeneralSecurityException | IOException | RuntimeException wrong) {
            throw new SSLException("the certificates in " + folder + " cannot be used: " + wrong.getMessage(), wrong);
        }
    }

    private static KeyStore own(Path folder, char[] password) throws GeneralSecurityException, IOException {
        List<Certificate> chain = certificates(folder.resolve("cert.pem"));
        KeyStore own = empty();
        own.setKeyEntry("own", key(folder.resolve("key.pem")), password, chain.toArray(Certificate[]::new));
        return own;
    }

    private static KeyStore authorities(Path folder) throws GeneralSecurityException, IOException {
        KeyStore authorities = empty();
        for (Certificate authority : certificates(folder.resolve("ca.pem"))) {
            authorities.setCertificateEntry("authority " + authorities.size(), authority);
        }
        return authorities;
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static List<Certificate> certificates(Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            List<Certificate> certificates =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (certificates.isEmpty()) {
                throw new CertificateException("there is no certificate in " + file.getFileName());
            }
            return certificates;
        }
    }

    /** Reads the key in any of the forms that openssl writes; docker-java does too, but needs a provider in the whole JVM. */
    private static PrivateKey key(Path file) throws IOException, GeneralSecurityException {
        try (PEMParser pem = new PEMParser(Files.newBufferedReader(file))) {
            for (Object part = pem.readObject(); part != null; part = pem.readObject()) {
                if (part instanceof PEMKeyPair pair) {
                    return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
                }
                if (part instanceof PrivateKeyInfo info) {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                }
            }
        }
        throw new InvalidKeyException("there is no unencrypted private key in " + file.getFileName());
    }
}
