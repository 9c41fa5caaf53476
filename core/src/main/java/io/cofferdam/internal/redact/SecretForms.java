package io.cofferdam.internal.redact;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** The forms in which a secret may turn up in text. */
final class SecretForms {

    /** A shorter line of a longer secret, such as a brace, would mask text that is no secret at all. */
    private static final int SHORTEST_LINE = 6;

    /** A shorter piece of an encoding is met by accident too often. */
    private static final int SHORTEST_PIECE = 4;

    private static final int[] WRAPS = {64, 76};
    private static final String HEX = "0123456789ABCDEF";

    private SecretForms() {}

    static Set<String> of(String secret) {
        Set<String> forms = new LinkedHashSet<>();
        plain(secret, forms);
        base64(secret.getBytes(StandardCharsets.UTF_8), forms);
        String[] lines = secret.split("\\R", -1);
        if (lines.length > 1) {
            plain(String.join("\n", lines), forms);
            plain(String.join("\r\n", lines), forms);
            base64(String.join("\n", lines).getBytes(StandardCharsets.UTF_8), forms);
            for (String line : lines) {
                if (line.strip().length() >= SHORTEST_LINE) {
                    plain(line.strip(), forms);
                    base64(line.strip().getBytes(StandardCharsets.UTF_8), forms);
                }
            }
        }
        forms.remove("");
        return forms;
    }

    private static void plain(String text, Set<String> forms) {
        forms.add(text);
        String url = URLEncoder.encode(text, StandardCharsets.UTF_8);
        forms.add(url);
        forms.add(lowerHex(url));
        forms.add(url.replace("+", "%20"));
        forms.add(lowerHex(url.replace("+", "%20")));
        String strict = percent(text);
        forms.add(strict);
        forms.add(lowerHex(strict));
        forms.add(json(text, false));
        forms.add(json(text, true));
    }

    /**
     * Alone, and within something longer: then the first and last character also depend on what is around it, and only those
     * between are the secret's.
     */
    private static void base64(byte[] secret, Set<String> forms) {
        for (Base64.Encoder encoder : new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
            String alone = encoder.encodeToString(secret);
            forms.add(alone);
            for (int wrap : WRAPS) {
                for (int at = 0; at < alone.length() && alone.length() > wrap; at += wrap) {
                    String piece = alone.substring(at, Math.min(alone.length(), at + wrap));
                    if (piece.length() >= SHORTEST_PIECE) {
                        forms.add(piece);
                    }
                }
            }
            for (int before = 0; before < 3; before++) {
                byte[] shifted = new byte[before + secret.length];
                System.arraycopy(secret, 0, shifted, before, secret.length);
                String encoded = encoder.withoutPadding().encodeToString(shifted);
                int from = (before * 8 + 5) / 6;
                int to = shifted.length * 8 / 6;
                if (to - from >= SHORTEST_PIECE) {
                    forms.add(encoded.substring(from, to));
                }
            }
        }
    }

    /** Everything but letters, digits and the four signs RFC 3986 leaves alone. */
    private static String percent(String text) {
        StringBuilder encoded = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            int c = b & 0xff;
            if (c < 0x80 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0)) {
                encoded.append((char) c);
            } else {
                encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
            }
        }
        return encoded.toString();
    }

    private static String lowerHex(String encoded) {
        StringBuilder lower = new StringBuilder(encoded);
        for (int at = lower.indexOf("%"); at >= 0 && at + 3 <= lower.length(); at = lower.indexOf("%", at + 3)) {
            lower.replace(at, at + 3, lower.substring(at, at + 3).toLowerCase(Locale.ROOT));
        }
        return lower.toString();
    }

    /** As text in JSON, without its quotes. */
    private static String json(String text, boolean escapesSlash) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> escaped.append("\\\"");
                case '\\' -> escaped.append("\\\\");
                case '\n' -> escaped.append("\\n");
                case '\r' -> escaped.append("\\r");
                case '\t' -> escaped.append("\\t");
                case '/' -> escaped.append(escapesSlash ? "\\/" : "/");
                default -> escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
