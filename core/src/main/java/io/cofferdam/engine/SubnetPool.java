package io.cofferdam.engine;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address range that equal subnets are cut from.
 *
 * @param base the first address of the range, as a number
 * @param baseBits the length of the range's prefix, 1 to 30
 * @param subnetBits the length of each subnet's prefix, from {@code baseBits} to 30
 */
public record SubnetPool(int base, int baseBits, int subnetBits) {

    private static final Pattern CIDR = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    /**
     * Checks the ranges and clears the bits of {@code base} below its prefix.
     *
     * @param base the first address of the range, as a number
     * @param baseBits the length of the range's prefix, 1 to 30
     * @param subnetBits the length of each subnet's prefix, from {@code baseBits} to 30
     * @throws InvalidInputException if a prefix length is out of range
     */
    public SubnetPool {
        if (baseBits < 1 || subnetBits < baseBits || subnetBits > 30) {
            throw invalid(
                    "/" + baseBits + " in subnets of /" + subnetBits,
                    "the prefix lengths must be 1 <= range <= subnet <= 30");
        }
        base &= -1 << (32 - baseBits);
    }

    /**
     * Reads a range.
     *
     * @param cidr for example {@code 10.200.0.0/13}
     * @param subnetBits the length of each subnet's prefix, for example 24
     * @return the pool
     * @throws InvalidInputException if it is not CIDR form, or a length is out of range
     */
    public static SubnetPool of(String cidr, int subnetBits) {
        Matcher form = CIDR.matcher(cidr);
        if (!form.matches()) {
            throw invalid(cidr, "an address range is written like 10.200.0.0/13");
        }
        int base = 0;
        for (int part = 1; part <= 4; part++) {
            int value = Integer.parseInt(Objects.requireNonNull(form.group(part)));
            if (value > 255) {
                throw invalid(cidr, value + " is not between 0 and 255");
            }
            base = base << 8 | value;
        }
        return new SubnetPool(base, Integer.parseInt(Objects.requireNonNull(form.group(5))), subnetBits);
    }

    /**
     * How many subnets there are.
     *
     * @return at least 1
     */
    public int size() {
        return subnetBits - baseBits >= 30 ? Integer.MAX_VALUE : 1 << (subnetBits - baseBits);
    }

    /**
     * One subnet.
     *
     * @param index 0 to {@code size() - 1}
     * @return CIDR form, for example {@code 10.200.3.0/24}
     * @throws IndexOutOfBoundsException if there is no such subnet
     */
    public String subnet(int index) {
        Objects.checkIndex(index, size());
        return dotted(base + (index << (32 - subnetBits))) + "/" + subnetBits;
    }

    /** The range and the subnets' prefix length, for example {@code 10.200.0.0/13 in /24}. */
    @Override
    public String toString() {
        return dotted(base) + "/" + baseBits + " in /" + subnetBits;
    }

    private static String dotted(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    private static InvalidInputException invalid(String text, String what) {
        return new InvalidInputException("subnet pool '" + text + "'", List.of(Problem.at("subnetPool", what)));
    }
}
