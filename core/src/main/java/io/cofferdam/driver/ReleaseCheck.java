package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.Build;
import io.cofferdam.application.ConfigDefinition;
import io.cofferdam.application.Content;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.SecretDefinition;
import io.cofferdam.application.Service;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.Problem;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Why an engine could not run an application. */
final class ReleaseCheck {

    private final EngineSession session;
    private final DrivenNetworks networks;
    private final DrivenVolumes volumes;

    ReleaseCheck(EngineSession session, DrivenNetworks networks, DrivenVolumes volumes) {
        this.session = session;
        this.networks = networks;
        this.volumes = volumes;
    }

    /** Everything that is in the way, of all services. */
    List<Problem> problems(Application application) {
        List<Problem> problems = new ArrayList<>();
        application.services().forEach(service -> service(service, problems));
        application.networks().values().forEach(network -> network(network, problems));
        application.volumes().values().forEach(volume -> volume(volume, problems));
        for (SecretDefinition secret : application.secrets().values()) {
            content("secrets." + secret.name(), secret.content(), problems);
        }
        for (ConfigDefinition config : application.configs().values()) {
            content("configs." + config.name(), config.content(), problems);
        }
        return problems;
    }

    private void service(Service service, List<Problem> problems) {
        String where = "services." + service.name();
        EnvironmentSpec template = service.template();
        boolean hasImages = has(Capability.IMAGES);
        if (hasImages && template.image().isEmpty() && service.build().isEmpty() && !has(Capability.TEMPLATES)) {
            problems.add(new Problem(
                    where,
                    "it has neither an image nor a build, and the " + session.engine()
                            + " engine runs nothing but images",
                    "set an image, or build one"));
        } else if (hasImages && service.build().isPresent() && !canBuild()) {
            problems.add(new Problem(
                    where + ".build",
                    "it is to be built, and the " + session.engine() + " engine builds nothing ("
                            + session.driver.capabilities().reason(Capability.IMAGE_STORE) + ")",
                    "build and push an image elsewhere, name it, and leave the build out"));
        } else if (!hasImages
                && template.command().isEmpty()
                && template.entrypoint().isEmpty()) {
            problems.add(new Problem(
                    where,
                    "it has an image and no command, and the " + session.engine() + " engine has no images ("
                            + session.driver.capabilities().reason(Capability.IMAGES) + ")",
                    "set build.context to the folder of its software, and a command"));
        } else {
            EnvironmentSpec.Builder asked = template.toBuilder().lifetime(Lifetime.persistent());
            if (hasImages && template.image().isEmpty()) {
                asked.withImage("built");
            }
            service.build().map(Build::context).or(template::template).ifPresent(folder -> {
                if (!Files.isDirectory(folder) && PinnedImage.of(service).isEmpty()) {
                    problems.add(new Problem(
                            where + ".build.context",
                            "there is no folder '" + folder + "' on this host",
                            "name the folder of its software"));
                }
            });
            for (CofferdamException missing : Requirements.missing(asked.build(), session.driver.capabilities())) {
                problems.add(Problem.at(where, String.valueOf(missing.getMessage())));
            }
        }
        if (has(Capability.FILE_SYSTEM_ISOLATION)) {
            service.secrets().forEach(file -> owner(where + ".secrets.", file, problems));
            service.configs().forEach(file -> owner(where + ".configs.", file, problems));
        }
    }

    private boolean canBuild() {
        return has(Capability.IMAGE_STORE) || has(Capability.TEMPLATES);
    }

    private static void owner(String where, FileReference file, List<Problem> problems) {
        for (String id : List.of(file.uid().orElse("0"), file.gid().orElse("0"))) {
            if (!id.matches("\\d{1,9}")) {
                problems.add(new Problem(
                        where + file.source(), "its owner '" + id + "' is no number", "write it as a number"));
            }
        }
    }

    private void network(NetworkDefinition network, List<Problem> problems) {
        String where = "networks." + network.name();
        String name = network.givenName().orElse(network.name());
        if (network.external() && !has(Capability.SEVERAL_NETWORKS)) {
            problems.add(new Problem(
                    where,
                    "it exists outside of the project, and the " + session.engine()
                            + " engine has one network for a project's services, its own",
                    "leave external out, or open an engine that has several networks"));
        } else if (network.external() && networks.find(name).isEmpty()) {
            problems.add(new Problem(
                    where,
                    "there is no network '" + name + "' made by this library on the " + session.engine() + " engine",
                    "create it first, or leave external out"));
        } else if (network.internal() && !has(Capability.NETWORK_ISOLATION)) {
            problems.add(new Problem(
                    where,
                    "it is internal, and the " + session.engine() + " engine cannot close networks",
                    "make it open, or open an engine that can"));
        } else if (network.subnet().isPresent() && !has(Capability.SUBNETS)) {
            problems.add(new Problem(
                    where,
                    "it has an address range, and networks of the " + session.engine() + " engine have none",
                    "leave the subnet out"));
        }
    }

    private void volume(VolumeDefinition volume, List<Problem> problems) {
        String name = volume.givenName().orElse(volume.name());
        if (volume.external() && volumes.find(name).isEmpty()) {
            problems.add(new Problem(
                    "volumes." + volume.name(),
                    "there is no volume '" + name + "' made by this library on the " + session.engine() + " engine",
                    "create it first, or leave external out"));
        }
    }

    private static void content(String where, Content content, List<Problem> problems) {
        if (content.origin() == Content.Origin.EXTERNAL) {
            problems.add(new Problem(
                    where,
                    "it is kept outside as '" + content.source().orElse("") + "', where this engine cannot look",
                    "give it by a file, a variable or a text"));
        }
    }

    private boolean has(Capability capability) {
        return session.driver.capabilities().has(capability);
    }
}
