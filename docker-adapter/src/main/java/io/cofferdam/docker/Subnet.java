package io.cofferdam.docker;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address range.
 *
 * @param base its first address, as a number
 * @param bits the length of its prefix, 1 to 32
 */
record Subnet(int base, int bits) {

    private static final Pattern CIDR = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    Subnet {
        base &= -1 << (32 - bits);
    }

    /** Reads CIDR form; empty for anything else, such as IPv6. */
    static Optional<Subnet> parse(String cidr) {
        Matcher form = CIDR.matcher(cidr);
        if (!form.matches()) {
            return Optional.empty();
        }
        int address = 0;
        for (int part = 1; part <= 4; part++) {
            address = address << 8 | (Integer.parseInt(Objects.requireNonNull(form.group(part))) & 255);
        }
        int bits = Integer.parseInt(Objects.requireNonNull(form.group(5)));
        return bits >= 1 && bits <= 32 ? Optional.of(new Subnet(address, bits)) : Optional.empty();
    }

    boolean overlaps(Subnet other) {
        int mask = -1 << (32 - Math.min(bits, other.bits));
        return (base & mask) == (other.base & mask);
    }

    @Override
    public String toString() {
        return (base >>> 24) + "." + (base >>> 16 & 255) + "." + (base >>> 8 & 255) + "." + (base & 255) + "/" + bits;
    }
}
