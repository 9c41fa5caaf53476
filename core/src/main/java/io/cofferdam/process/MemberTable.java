package io.cofferdam.process;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who has which address and is in which network: one small file, replaced as a whole, so that readers need no lock and
 * see all of a change or nothing of it. Writers hold the {@link StateLock}.
 */
final class MemberTable {

    private static final String NONE = "-";

    private final Path file;

    MemberTable(Path file) {
        this.file = file;
    }

    /**
     * One address and who has it.
     *
     * @param address the loopback address
     * @param network the network's full name, or empty outside networks
     * @param environment the name of the unit
     * @param directory the directory of the unit
     * @param names by which names other members reach it
     */
    record Member(String address, String network, String environment, Path directory, List<String> names) {
        Member {
            names = List.copyOf(names);
        }

        boolean isIn(String someNetwork) {
            return network.equals(someNetwork);
        }

        private String line() {
            return Stream.of(address, network, environment, directory.toString(), String.join(",", names))
                    .map(field -> field.isEmpty() ? NONE : URLEncoder.encode(field, StandardCharsets.UTF_8))
                    .reduce((left, right) -> left + " " + right)
                    .orElseThrow();
        }

        private static Member parse(String line) {
            String[] fields = line.split(" ", -1);
            for (int field = 0; field < fields.length; field++) {
                fields[field] =
                        fields[field].equals(NONE) ? "" : URLDecoder.decode(fields[field], StandardCharsets.UTF_8);
            }
            List<String> names = fields[4].isEmpty() ? List.of() : List.of(fields[4].split(",", -1));
            return new Member(fields[0], fields[1], fields[2], Path.of(fields[3]), names);
        }
    }

    /** All members, those that joined first in front. */
    List<Member> read() throws IOException {
        try {
            List<Member> members = new ArrayList<>();
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                members.add(Member.parse(line));
            }
            return Collections.unmodifiableList(members);
        } catch (NoSuchFileException nobodyYet) {
            return List.of();
        }
    }

    /** The member whose unit lives in a directory. */
    Optional<Member> of(Path directory) throws IOException {
        return read().stream()
                .filter(member -> member.directory().equals(directory))
                .findFirst();
    }

    /** Replaces all members. */
    void write(List<Member> members) throws IOException {
        Path next = file.resolveSibling(Objects.requireNonNull(file.getFileName()) + ".next");
        Files.write(next, members.stream().map(Member::line).toList(), StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
