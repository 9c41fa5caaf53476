package io.cofferdam.examples.shop;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The shop's files as they are after a build, for tests. */
public final class ShopCopy {

    private ShopCopy() {}

    /**
     * Copies the shop.
     *
     * @param folder where to; made
     * @return its Compose file
     */
    public static Path in(Path folder) throws IOException, URISyntaxException {
        Path source = Path.of("").toAbsolutePath().resolveSibling("examples/shop");
        Path app = Files.createDirectories(folder.resolve("app"));
        for (String name : new String[] {"shop", "Dockerfile", ".dockerignore"}) {
            Files.copy(source.resolve("app").resolve(name), app.resolve(name));
        }
        Path classes = Files.createDirectories(app.resolve("classes/io/cofferdam/examples/shop"));
        Path compiled = Path.of(Shop.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .resolve("io/cofferdam/examples/shop");
        try (Stream<Path> files = Files.list(compiled)) {
            for (Path one :
                    files.filter(each -> !each.toString().contains("Test")).toList()) {
                Files.copy(one, classes.resolve(one.getFileName()));
            }
        }
        return Files.copy(source.resolve("compose.yaml"), folder.resolve("compose.yaml"));
    }
}
