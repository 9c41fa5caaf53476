package io.cofferdam.kubernetes;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Where objects are in the API. Only versions that have been there for years and still are. */
record Paths(String namespace) {

    String pods() {
        return core("pods");
    }

    String pod(String name) {
        return core("pods/" + name);
    }

    String secrets() {
        return core("secrets");
    }

    String secret(String name) {
        return core("secrets/" + name);
    }

    String services() {
        return core("services");
    }

    String service(String name) {
        return core("services/" + name);
    }

    String claims() {
        return core("persistentvolumeclaims");
    }

    String claim(String name) {
        return core("persistentvolumeclaims/" + name);
    }

    String configMaps() {
        return core("configmaps");
    }

    String configMap(String name) {
        return core("configmaps/" + name);
    }

    String leases() {
        return "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
    }

    String lease(String name) {
        return leases() + "/" + name;
    }

    String events() {
        return core("events");
    }

    private String core(String rest) {
        return "/api/v1/namespaces/" + namespace + "/" + rest;
    }

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    static String selecting(String path, String labelSelector) {
        return path + "?labelSelector=" + encode(labelSelector);
    }
}
