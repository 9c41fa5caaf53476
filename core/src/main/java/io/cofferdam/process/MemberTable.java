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
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Who has which address and is in which network: one small file, replaced as a whole, so that readers need no lock and
 * see all of a change or nothing of it. Writers hold the {@link StateLock}.
 */
final class MemberTable {

    private static final String NONE = "-";

    /** Before each colour, since one of them is the empty text. */
    private static final String COLOUR = "+";

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
     * @param colours if there are any, it knows only members that have one of them too, or none at all
     */
    record Member(
            String address,
            String network,
            String environment,
            Path directory,
            List<String> names,
            SortedSet<String> colours) {
        Member {
            names = List.copyOf(names);
            colours = Collections.unmodifiableSortedSet(new TreeSet<>(colours));
        }

        Member in(Set<String> others) {
            return new Member(address, network, environment, directory, names, new TreeSet<>(others));
        }

        /** Whether its hosts file tells of another member of its network. */
        boolean knows(Member other) {
            return colours.isEmpty() || other.colours.isEmpty() || !Collections.disjoint(colours, other.colours);
        }

        boolean isIn(String someNetwork) {
            return network.equals(someNetwork);
        }

        private String line() {
            String marked = colours.stream().map(colour -> COLOUR + colour).collect(Collectors.joining(","));
            return Stream.of(address, network, environment, directory.toString(), String.join(",", names), marked)
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
            return new Member(fields[0], fields[1], fields[2], Path.of(fields[3]), names, colours(fields));
        }

        /** Tables of earlier versions have no such field. */
        private static SortedSet<String> colours(String[] fields) {
            SortedSet<String> colours = new TreeSet<>();
            if (fields.length > 5 && !fields[5].isEmpty()) {
                for (String marked : fields[5].split(",", -1)) {
                    colours.add(marked.substring(COLOUR.length()));
                }
            }
            return colours;
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
