package io.cofferdam.kubernetes;

import io.cofferdam.engine.EngineConfig;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What only this back end's configuration has. */
record Settings(EngineConfig config) {

    /** A context of the kubeconfig instead of the current one. */
    static final String CONTEXT = "kubernetes.context";

    /** Where everything is made, instead of the context's namespace. */
    static final String NAMESPACE = "kubernetes.namespace";

    /** A kubeconfig file instead of those of {@code KUBECONFIG}. */
    static final String KUBECONFIG = "kubernetes.kubeconfig";

    /** A file with a bearer token, for a cluster that is named by its address. */
    static final String TOKEN_FILE = "kubernetes.token-file";

    /** A file with the certificate authority of such a cluster. */
    static final String AUTHORITY_FILE = "kubernetes.certificate-authority";

    /** Names of secrets of the namespace by which images are pulled, with commas between. */
    static final String PULL_SECRETS = "kubernetes.pull-secrets";

    /** How large volumes are, as the cluster writes it. */
    static final String VOLUME_SIZE = "kubernetes.volume-size";

    /** Whether this host reaches pods at their own addresses: {@code true}, {@code false}, or found out if not set. */
    static final String POD_ADDRESSES = "kubernetes.pod-addresses";

    static final Set<String> NAMES = Set.of(
            CONTEXT, NAMESPACE, KUBECONFIG, TOKEN_FILE, AUTHORITY_FILE, PULL_SECRETS, VOLUME_SIZE, POD_ADDRESSES);

    Optional<String> get(String name) {
        return config.option(name).filter(value -> !value.isBlank());
    }

    List<String> pullSecrets() {
        return get(PULL_SECRETS)
                .map(text -> List.of(text.strip().split("\\s*,\\s*", -1)))
                .orElse(List.of());
    }

    String volumeSize() {
        return get(VOLUME_SIZE).orElse("1Gi");
    }
}
