package io.cofferdam.compose;

import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Source;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.Words;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Reads the environment variables of a service: those of its files, then its own. Which of them are secrets the file may say
 * ({@code x-cofferdam: {secret-env: [NAME]}}); else it is told by their names, and by passwords in addresses.
 */
final class VariablesReader {

    private static final Pattern SECRET_NAME = Pattern.compile(
            ".*(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY).*",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern ADDRESS_WITH_PASSWORD = Pattern.compile("(?s).*://[^/@:\\s]*:[^/@\\s]+@.*");

    private final Loading loading;
    private final Values values;
    private final Problems problems;
    private final Tree.Mapping service;

    VariablesReader(Loading loading, Tree.Mapping service) {
        this.loading = loading;
        this.values = loading.values;
        this.problems = loading.problems;
        this.service = service;
    }

    void read(ServiceBuilder into) {
        Map<String, String> all = new LinkedHashMap<>();
        Tree files = service.get("env_file");
        if (files != null) {
            values.items(files).forEach(item -> all.putAll(file(item)));
        }
        Tree own = service.get("environment");
        if (own != null) {
            values.entries(own).forEach((name, entry) -> variable(name, entry, all));
        }
        Set<String> secrets = secrets(all);
        all.forEach((name, value) -> {
            if (secrets.contains(name)) {
                into.secretEnv(name, value);
            } else {
                into.env(name, value);
            }
        });
    }

    /** Whether a variable is taken for a secret where nothing is said of it. */
    static boolean looksSecret(String name, String value) {
        return (SECRET_NAME.matcher(name).matches()
                        && !name.toUpperCase(Locale.ROOT).endsWith("_FILE"))
                || ADDRESS_WITH_PASSWORD.matcher(value).matches();
    }

    private void variable(String name, Tree.Entry entry, Map<String, String> all) {
        if (name.isEmpty() || name.indexOf('=') >= 0) {
            problems.add(entry.key(), "'" + Words.shorten(name) + "' cannot be a variable's name");
            return;
        }
        if (entry.value() instanceof Tree.Scalar scalar && scalar.isNull()) {
            String inherited = entry.key().source().variables().get(name);
            if (inherited == null) {
                all.remove(name);
            } else {
                all.put(name, inherited);
            }
            return;
        }
        String value = values.text(entry.value());
        if (value != null) {
            all.put(name, value);
        }
    }

    private Map<String, String> file(Tree item) {
        Tree path = item;
        boolean required = true;
        boolean raw = false;
        if (item instanceof Tree.Mapping mapping) {
            Keys.ENV_FILE.check(mapping.entries(), problems);
            path = mapping.get("path");
            if (path == null) {
                problems.add(item.place(), "there is no 'path' here", "name the file");
                return Map.of();
            }
            Tree needed = mapping.get("required");
            required = needed == null || !Boolean.FALSE.equals(values.truth(needed));
            Tree format = mapping.get("format");
            if (format != null) {
                String text = values.text(format);
                raw = "raw".equals(text);
                if (text != null && !raw) {
                    values.wrong(format, "is no format", "write raw, or leave it out");
                }
            }
        }
        String text = values.text(path);
        if (text == null) {
            return Map.of();
        }
        Path file = loading.paths.resolve(text, path.place());
        String content = loading.files.text(file, path.place(), "the file of variables", required);
        if (content == null) {
            return Map.of();
        }
        Map<String, String> outer = path.place().source().variables();
        Source source = loading.files.source(file, outer);
        return raw
                ? VariableFile.readRaw(content, source, problems)
                : VariableFile.read(content, source, outer, problems);
    }

    private Set<String> secrets(Map<String, String> all) {
        Set<String> secrets = new HashSet<>();
        Tree.Mapping own = service.mapping("x-cofferdam");
        Tree named = own == null ? null : own.get("secret-env");
        if (named != null) {
            for (Tree item : values.items(named)) {
                String name = values.text(item);
                if (name != null && secrets.add(name) && !all.containsKey(name)) {
                    problems.add(item.place(), "the service has no variable '" + Words.shorten(name) + "'");
                }
            }
            return secrets;
        }
        all.forEach((name, value) -> {
            if (looksSecret(name, value)) {
                secrets.add(name);
            }
        });
        return secrets;
    }
}
