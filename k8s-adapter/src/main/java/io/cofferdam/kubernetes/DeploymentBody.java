package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.pipeline.Cluster.Deployment;
import io.cofferdam.resource.RegistryCredentials;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes a deployment of a pipeline as the cluster's objects. */
final class DeploymentBody {

    /** Changes with the secret beside it, so that pods with new values come up. */
    static final String SECRET_VERSION = "cofferdam.io/secret-version";

    private static final String DOCKER_HUB = "https://index.docker.io/v1/";

    private final Deployment deployment;
    private final String namespace;
    private final List<String> pullSecrets;

    DeploymentBody(Deployment deployment, String namespace, List<String> pullSecrets) {
        this.deployment = deployment;
        this.namespace = namespace;
        this.pullSecrets = pullSecrets;
    }

    /** What keeps the variables that nobody is to see. */
    String variablesName() {
        return deployment.target().name() + "-environment";
    }

    /** What keeps the login of the registry. */
    String loginName() {
        return deployment.target().name() + "-registry";
    }

    ObjectNode variables(String version) {
        ObjectNode secret = secret(variablesName(), "Opaque", version);
        ObjectNode data = secret.putObject("data");
        new TreeMap<>(deployment.secretEnvironment()).forEach((name, value) -> data.put(name, base64(value)));
        return secret;
    }

    /** The login in the form that nodes read. */
    ObjectNode login(RegistryCredentials login, String version) {
        ObjectNode entry = Json.object();
        if (login.isIdentityToken()) {
            entry.put("identitytoken", login.secret());
        } else {
            entry.put("username", login.username())
                    .put("password", login.secret())
                    .put("auth", base64(login.username() + ":" + login.secret()));
        }
        ObjectNode config = Json.object();
        config.putObject("auths").set(registry(deployment.image()), entry);
        ObjectNode secret = secret(loginName(), "kubernetes.io/dockerconfigjson", version);
        secret.putObject("data").put(".dockerconfigjson", base64(Json.write(config)));
        return secret;
    }

    static String registry(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        boolean isHost = first.contains(".") || first.contains(":") || first.equals("localhost");
        return isHost ? first : DOCKER_HUB;
    }

    private ObjectNode secret(String name, String type, String version) {
        ObjectNode secret = object("v1", "Secret", name).put("type", type);
        secret.withObjectProperty("metadata").putObject("annotations").put(SECRET_VERSION, version);
        return secret;
    }

    private ObjectNode object(String apiVersion, String kind, String name) {
        ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name).put("namespace", namespace);
        ObjectNode labels = metadata.putObject("labels");
        new TreeMap<>(deployment.labels()).forEach(labels::put);
        labels.put(Marks.MANAGED, Marks.MANAGED_VALUE);
        return object;
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The labels by which the deployment knows its pods. They can never be changed, so they are as few as can be. */
    private Map<String, String> selector() {
        String app = deployment.labels().get("app");
        return app == null ? deployment.labels() : Map.of("app", app);
    }

    ObjectNode deployment(String secretVersion) {
        ObjectNode object = object("apps/v1", "Deployment", deployment.target().name());
        ObjectNode spec = object.putObject("spec");
        spec.put("replicas", deployment.replicas());
        spec.putObject("selector").set("matchLabels", Json.ofStrings(new TreeMap<>(selector())));
        ObjectNode template = spec.putObject("template");
        ObjectNode metadata = template.putObject("metadata");
        metadata.set("labels", Json.ofStrings(new TreeMap<>(deployment.labels())));
        if (!secretVersion.isEmpty()) {
            metadata.putObject("annotations").put(SECRET_VERSION, secretVersion);
        }
        pod(template.putObject("spec"));
        return object;
    }

    private void pod(ObjectNode pod) {
        ObjectNode container = pod.putArray("containers").addObject();
        container.put("name", deployment.container()).put("image", deployment.image());
        if (!deployment.command().isEmpty()) {
            ArrayNode command = container.putArray("command");
            deployment.command().forEach(word -> command.add(literal(word)));
        }
        if (!deployment.ports().isEmpty()) {
            ArrayNode ports = container.putArray("ports");
            deployment
                    .ports()
                    .forEach(
                            port -> ports.addObject().put("containerPort", port).put("protocol", "TCP"));
        }
        if (!deployment.environment().isEmpty()
                || !deployment.secretEnvironment().isEmpty()) {
            ArrayNode env = container.putArray("env");
            new TreeMap<>(deployment.environment())
                    .forEach((name, value) -> env.addObject().put("name", name).put("value", literal(value)));
            new TreeMap<>(deployment.secretEnvironment())
                    .keySet()
                    .forEach(name -> env.addObject()
                            .put("name", name)
                            .putObject("valueFrom")
                            .putObject("secretKeyRef")
                            .put("name", variablesName())
                            .put("key", name));
        }
        ArrayNode logins = Json.object().putArray("logins");
        pullSecrets.forEach(name -> logins.addObject().put("name", name));
        if (deployment.login() != null) {
            logins.addObject().put("name", loginName());
        }
        if (!logins.isEmpty()) {
            pod.set("imagePullSecrets", logins);
        }
    }

    /** The cluster replaces $(NAME) by variables unless the sign is doubled. */
    private static String literal(String text) {
        return text.replace("$", "$$");
    }

    /** That an object goes when another one goes. */
    static ObjectNode owned(ObjectNode object, JsonNode owner) {
        ObjectNode owned = Json.copy(object);
        owned.withObjectProperty("metadata")
                .putArray("ownerReferences")
                .addObject()
                .put("apiVersion", owner.path("apiVersion").asText("apps/v1"))
                .put("kind", owner.path("kind").asText("Deployment"))
                .put("name", Marks.name(owner))
                .put("uid", owner.path("metadata").path("uid").asText(""));
        return owned;
    }
}
