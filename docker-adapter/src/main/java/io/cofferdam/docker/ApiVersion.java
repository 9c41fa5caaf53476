package io.cofferdam.docker;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of the engine's API, such as 1.41. Compared as a whole: 2.0 comes after 1.41.
 *
 * @param major the first part
 * @param minor the second part
 */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {

    /** The oldest this adapter speaks: Docker 19.03. */
    static final ApiVersion OLDEST = new ApiVersion(1, 40);

    /** The newest whose changes this adapter knows. */
    static final ApiVersion NEWEST = new ApiVersion(1, 51);

    private static final Pattern FORM = Pattern.compile("(\\d{1,4})\\.(\\d{1,4})(?:\\.\\d+)?");

    static Optional<ApiVersion> parse(String text) {
        Matcher form = FORM.matcher(text);
        return form.matches()
                ? Optional.of(new ApiVersion(Integer.parseInt(form.group(1)), Integer.parseInt(form.group(2))))
                : Optional.empty();
    }

    boolean isAtLeast(int otherMajor, int otherMinor) {
        return compareTo(new ApiVersion(otherMajor, otherMinor)) >= 0;
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
