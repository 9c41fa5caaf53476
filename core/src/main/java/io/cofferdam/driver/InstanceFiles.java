package io.cofferdam.driver;

import io.cofferdam.application.Application;
import io.cofferdam.application.ConfigDefinition;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.SecretDefinition;
import io.cofferdam.application.Service;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The files of secrets and configs that an instance is given before it starts. */
final class InstanceFiles {

    /**
     * The variable that tells programs what to put before the absolute path of such a file: nothing on engines whose
     * environments have a file system of their own, and the directory of the environment elsewhere.
     */
    static final String VARIABLE = "COFFERDAM_FILES";

    private static final int READ_BY_ALL = 0444;
    private static final int READ_BY_OWNER = 0400;

    private InstanceFiles() {}

    static boolean areNeeded(Service service) {
        return !service.secrets().isEmpty() || !service.configs().isEmpty();
    }

    /**
     * What is to be placed.
     *
     * @param user whom the instance runs as, as its specification or its image says; empty for the engine's default
     */
    static List<PlacedFile> of(Application application, Service service, String user) {
        List<PlacedFile> files = new ArrayList<>();
        for (FileReference reference : service.secrets()) {
            Optional.ofNullable(application.secrets().get(reference.source()))
                    .map(SecretDefinition::content)
                    .ifPresent(content -> files.add(secret(reference, content.bytes(), user)));
        }
        for (FileReference reference : service.configs()) {
            Optional.ofNullable(application.configs().get(reference.source()))
                    .map(ConfigDefinition::content)
                    .ifPresent(content -> files.add(new PlacedFile(
                            reference.target(),
                            content.bytes(),
                            reference.mode().orElse(READ_BY_ALL),
                            number(reference.uid().orElse("")).orElse(0),
                            number(reference.gid().orElse("")).orElse(0))));
        }
        return files;
    }

    /** Where the number of the user is known it is the only one that may read; a name means something inside only. */
    private static PlacedFile secret(FileReference reference, byte[] content, String user) {
        String[] parts = user.split(":", 2);
        OptionalInt runsAs = user.isEmpty() ? OptionalInt.of(0) : number(parts[0]);
        boolean isOwned = reference.uid().isEmpty() && runsAs.isPresent();
        int uid = number(reference.uid().orElse("")).orElse(runsAs.orElse(0));
        int gid = number(reference.gid().orElse(""))
                .orElse(parts.length < 2 ? 0 : number(parts[1]).orElse(0));
        int mode = reference.mode().orElse(isOwned || uid == runsAs.orElse(-1) ? READ_BY_OWNER : READ_BY_ALL);
        return new PlacedFile(reference.target(), content, mode, uid, gid);
    }

    private static OptionalInt number(String digits) {
        return digits.matches("\\d{1,9}") ? OptionalInt.of(Integer.parseInt(digits)) : OptionalInt.empty();
    }
}
