package io.cofferdam.compose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is written in a file, it is loaded or refused with problems that have places; nothing else comes out. */
@Timeout(60)
class FuzzTest {

    private static final String SEED_FILE = """
        name: shop
        x-common: &common {restart: always, environment: {A: 1, B: "${X:-y}"}}
        services:
          web:
            <<: *common
            image: web:${TAG:?}
            build: {context: ., args: [A=1], target: t}
            command: sh -c "echo $$HOME"
            ports: ["8080:80", {target: 90, published: 91}, 3000-3001]
            volumes: [data:/data, ./x:/x:ro, {type: tmpfs, target: /t, tmpfs: {size: 1m}}]
            depends_on: {db: {condition: service_healthy}}
            healthcheck: {test: [CMD, a], interval: 1m, retries: 3}
            networks: {front: {aliases: [a]}}
            secrets: [{source: key, mode: 0440}]
            configs: [conf]
            deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 1g}}, update_config: {order: start-first}}
            x-cofferdam: {ready: {all-of: [running, {http: {port: 1, path: /}}]}, secret-env: [A]}
          api: {extends: {service: web}, ports: !reset [], profiles: [a]}
          db: {image: db}
        volumes: {data: {labels: {a: b}}}
        networks: {front: {ipam: {config: [{subnet: 10.0.0.0/24}]}}}
        secrets: {key: {environment: TAG}}
        configs: {conf: {content: x}}
        """;
    private static final String[] PIECES = {
        "{",
        "}",
        "[",
        "]",
        ":",
        ": ",
        "- ",
        ",",
        "\n",
        "\n  ",
        "'",
        "\"",
        "#",
        "&a ",
        "*a",
        "*common",
        "!reset ",
        "!override ",
        "!x ",
        "<<: ",
        "${",
        "}",
        "$",
        "$$",
        "${A:-",
        "${TAG}",
        "~",
        "null",
        "-1",
        "99999999999999999999",
        "1e999",
        "0x1",
        "\t",
        "\u0000",
        "\u00e4",
        "\ud83d\ude80",
        "|",
        ">",
        "---\n",
        "...",
        "%",
        "? ",
        "services",
        "web",
        "db",
        "deploy",
        "ports",
        "/",
        "..",
        "::",
        "-"
    };

    @Test
    @DisplayName("1,500 damaged files")
    void damagedFiles() {
        long seed = new Random().nextLong();
        int loaded = 0;
        for (int i = 0; i < 1500; i++) {
            Random random = new Random((seed + i) * 0x9E3779B97F4A7C15L);
            StringBuilder text = new StringBuilder(SEED_FILE);
            int changes = 1 + random.nextInt(4);
            for (int change = 0; change < changes; change++) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(3)) {
                    case 0 -> text.insert(at, PIECES[random.nextInt(PIECES.length)]);
                    case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(20)));
                    default ->
                        text.replace(
                                at,
                                Math.min(text.length(), at + 1 + random.nextInt(8)),
                                PIECES[random.nextInt(PIECES.length)]);
                }
            }
            loaded += attempt(text.toString(), seed + i) ? 1 : 0;
        }
        assertThat(loaded).as("some damage does not matter, with seed " + seed).isPositive();
    }

    @Test
    @DisplayName("1,500 random values at random fields")
    void randomFields() {
        long seed = new Random().nextLong();
        String[] keys = Keys.SERVICE.read().stream().sorted().toArray(String[]::new);
        for (int i = 0; i < 1500; i++) {
            Random random = new Random((seed + i) * 0x9E3779B97F4A7C15L);
            StringBuilder text = new StringBuilder("services:\n  web:\n    image: i\n");
            for (int field = 0; field < 3; field++) {
                text.append("    ")
                        .append(keys[random.nextInt(keys.length)])
                        .append(": ")
                        .append(value(random, 0))
                        .append('\n');
            }
            attempt(text.toString(), seed + i);
        }
    }

    @Test
    @DisplayName("1,500 random files of variables and substitutions")
    void randomVariables() {
        long seed = new Random().nextLong();
        for (int i = 0; i < 1500; i++) {
            Random random = new Random((seed + i) * 0x9E3779B97F4A7C15L);
            StringBuilder text = new StringBuilder();
            for (int piece = 0; piece < 20; piece++) {
                text.append(random.nextInt(4) == 0 ? "A=" : PIECES[random.nextInt(PIECES.length)]);
            }
            Source source = new Source(0, "f", Path.of("/"), Map.of());
            Problems problems = new Problems(false);
            try {
                VariableFile.read(text.toString(), source, Map.of("TAG", "1"), problems);
                VariableFile.readRaw(text.toString(), source, problems);
                new Substitution(Map.of("TAG", "1")::get, true, problems)
                        .apply(text.toString(), new Place(source, 1, 1));
            } catch (RuntimeException escaped) {
                fail("seed " + (seed + i) + ", text:\n" + text, escaped);
            }
        }
    }

    private static String value(Random random, int depth) {
        String[] words = {
            "a",
            "1",
            "-1",
            "0",
            "''",
            "~",
            "'80:80'",
            "1m",
            "a:b",
            "./a:/b",
            "true",
            "no",
            "service_healthy",
            "web",
            "*",
            "99999999999",
            "on-failure:x",
            "any",
            "'[::1]:1:1'",
            "1-70000",
            "NONE",
            "CMD"
        };
        String[] keys = {
            "condition",
            "target",
            "source",
            "type",
            "test",
            "replicas",
            "limits",
            "resources",
            "memory",
            "aliases",
            "path",
            "service",
            "file",
            "context",
            "published",
            "update_config",
            "parallelism",
            "web",
            "x-a",
            "disable",
            "default"
        };
        if (depth > 2 || random.nextInt(3) == 0) {
            return words[random.nextInt(words.length)];
        }
        StringBuilder text = new StringBuilder();
        boolean list = random.nextBoolean();
        int size = random.nextInt(3);
        for (int i = 0; i < size; i++) {
            text.append(i == 0 ? "" : ", ")
                    .append(list ? "" : keys[random.nextInt(keys.length)] + ": ")
                    .append(value(random, depth + 1));
        }
        return list ? "[" + text + "]" : "{" + text + "}";
    }

    private static boolean attempt(String text, long seed) {
        try {
            ComposeLoader.ofText(text, Path.of("/nowhere/shop"))
                    .environment(Map.of("TAG", "1"))
                    .load();
            return true;
        } catch (InvalidInputException wrong) {
            assertThat(wrong.problems())
                    .as("seed %s", seed)
                    .isNotEmpty()
                    .allSatisfy(problem -> assertThat(problem.where()).matches("[^\n]+:\\d+:\\d+"));
            return false;
        } catch (RuntimeException | StackOverflowError escaped) {
            return fail("seed " + seed + ", text:\n" + text, escaped);
        }
    }
}
