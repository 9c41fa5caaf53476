package io.cofferdam.application;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Mount;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What makes an instance what it is. Left out of it: names the deployment gives, the lifetime, when an image is fetched, and how long
 * a start may take, none of which an instance differs by once it runs.
 */
final class ContentHash {

    /** Changed when the same content gives another hash, so that a mixture of library versions does not mistake one for another. */
    private static final String SCHEME = "1";

    private static final int VERSION_DIGITS = 12;

    private ContentHash() {}

    /**
     * The hash of one service.
     *
     * @param followed by name the hashes of the services that it is replaced with
     */
    static String of(Application application, Service service, Map<String, String> followed) {
        Fingerprint print = new Fingerprint();
        print.add("scheme", SCHEME);
        print.add("service", service.name());
        template(print, service);
        networks(print, application, service);
        for (Mount mount : service.template().mounts()) {
            if (mount instanceof Mount.Volume volume) {
                VolumeDefinition known = application.volumes().get(volume.volume());
                if (known != null) {
                    known.addTo(print);
                }
            }
        }
        print.addUnordered("expose", service.exposedPorts());
        for (FileReference secret : sorted(service.secrets())) {
            print.add("secret", secret);
            SecretDefinition known = application.secrets().get(secret.source());
            if (known != null) {
                known.content().addTo(print);
            }
        }
        for (FileReference config : sorted(service.configs())) {
            print.add("config", config);
            ConfigDefinition known = application.configs().get(config.source());
            if (known != null) {
                known.content().addTo(print);
            }
        }
        service.build().ifPresent(build -> build.addTo(print));
        if (!followed.isEmpty()) {
            print.add("followed", followed);
        }
        return print.hex();
    }

    /** Stands for the whole where its users gave it no version. */
    static String version(Map<String, String> hashes) {
        Fingerprint print = new Fingerprint();
        print.add("services", hashes);
        return print.hex().substring(0, VERSION_DIGITS);
    }

    private static void template(Fingerprint print, Service service) {
        EnvironmentSpec spec = service.template();
        boolean digested = service.build().flatMap(Build::digest).isPresent();
        print.add("image", spec.image().orElse(null));
        print.add("template", digested ? null : spec.template().orElse(null));
        print.add("entrypoint", spec.entrypoint().orElse(null));
        print.add("command", spec.command());
        print.add("env", spec.env());
        print.addUnordered("secretEnv", spec.secretNames());
        print.addUnordered("ports", spec.ports());
        print.addUnordered("mounts", spec.mounts());
        print.add("limits", spec.limits());
        print.add("labels", spec.labels());
        print.add("healthCheck", spec.healthCheck().orElse(null));
        print.add("readiness", spec.readiness());
        print.add("restart", spec.restart());
        print.add("stopSignal", spec.stopSignal());
        print.add("stopGrace", spec.stopGrace());
        print.add("workingDirectory", spec.workingDirectory().orElse(null));
        print.add("user", spec.user().orElse(null));
        // Said only where they are there, so that what has neither keeps the hash it had before there were such parts.
        if (spec.hasOpenStdin()) {
            print.add("openStdin", "yes");
        }
        if (spec.hasTerminal()) {
            print.add("terminal", "yes");
        }
    }

    private static void networks(Fingerprint print, Application application, Service service) {
        Map<String, List<String>> joined = new TreeMap<>(service.networks());
        if (joined.isEmpty()) {
            joined.put(NetworkDefinition.DEFAULT, List.of());
        }
        joined.forEach((network, aliases) -> {
            print.add("network", network);
            print.addUnordered("aliases", aliases);
            NetworkDefinition known = application.networks().get(network);
            if (known != null) {
                known.addTo(print);
            }
        });
    }

    private static List<FileReference> sorted(List<FileReference> references) {
        return references.stream()
                .sorted(Comparator.comparing(FileReference::target))
                .toList();
    }
}
