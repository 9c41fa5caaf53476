package io.cofferdam.internal.yaml;

import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What text without quotes is by the core schema of YAML 1.2.2, chapter 10.3. */
public final class CoreValues {

    private static final Pattern WHOLE = Pattern.compile("[-+]?[0-9]+");
    private static final Pattern OCTAL = Pattern.compile("0o[0-7]+");
    private static final Pattern HEXADECIMAL = Pattern.compile("0x[0-9a-fA-F]+");
    private static final Pattern REAL = Pattern.compile("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?");
    private static final Pattern INFINITE = Pattern.compile("[-+]?\\.(inf|Inf|INF)");
    private static final Pattern NOT_A_NUMBER = Pattern.compile("\\.(nan|NaN|NAN)");

    private CoreValues() {}

    public static @Nullable Object read(String text) {
        switch (text) {
            case "", "~", "null", "Null", "NULL" -> {
                return null;
            }
            case "true", "True", "TRUE" -> {
                return true;
            }
            case "false", "False", "FALSE" -> {
                return false;
            }
            default -> {
                return number(text);
            }
        }
    }

    private static Object number(String text) {
        if (text.length() > 400) {
            return text;
        }
        if (WHOLE.matcher(text).matches()) {
            return small(new BigInteger(text.startsWith("+") ? text.substring(1) : text));
        }
        if (OCTAL.matcher(text).matches()) {
            return small(new BigInteger(text.substring(2), 8));
        }
        if (HEXADECIMAL.matcher(text).matches()) {
            return small(new BigInteger(text.substring(2), 16));
        }
        if (REAL.matcher(text).matches()) {
            return Double.valueOf(text);
        }
        if (INFINITE.matcher(text).matches()) {
            return text.startsWith("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
        }
        return NOT_A_NUMBER.matcher(text).matches() ? (Object) Double.NaN : text;
    }

    private static Object small(BigInteger number) {
        return number.bitLength() < 64 ? (Object) number.longValue() : number;
    }
}
