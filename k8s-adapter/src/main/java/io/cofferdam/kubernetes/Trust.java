package io.cofferdam.kubernetes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whom a client believes, and how it makes secure connections. */
record Trust(SSLSocketFactory factory, X509TrustManager manager) {

    /**
     * Reads certificates.
     *
     * @param authority certificates in PEM, or null for the JVM's own
     * @param verifies false to believe everybody, which the kubeconfig has to ask for
     * @throws IOException if they cannot be used
     */
    static Trust of(@Nullable String authority, boolean verifies, List<KeyManager> keys) throws IOException {
        try {
            X509TrustManager manager = verifies ? believing(authority) : new Everybody();
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.isEmpty() ? null : keys.toArray(KeyManager[]::new), new TrustManager[] {manager}, null);
            return new Trust(context.getSocketFactory(), manager);
        } catch (GeneralSecurityException unusable) {
            throw new IOException("its certificates cannot be used: " + unusable.getMessage(), unusable);
        }
    }

    private static X509TrustManager believing(@Nullable String authority) throws GeneralSecurityException, IOException {
        KeyStore store = null;
        if (authority != null) {
            Collection<? extends Certificate> certificates = CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(authority.getBytes(StandardCharsets.ISO_8859_1)));
            if (certificates.isEmpty()) {
                throw new IOException("its certificate authority has no certificate");
            }
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            int index = 0;
            for (Certificate certificate : certificates) {
                store.setCertificateEntry("authority-" + index++, certificate);
            }
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager found) {
                return found;
            }
        }
        throw new GeneralSecurityException("this JVM knows no X.509 certificates");
    }

    /** For clusters whose kubeconfig says insecure-skip-tls-verify. */
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
