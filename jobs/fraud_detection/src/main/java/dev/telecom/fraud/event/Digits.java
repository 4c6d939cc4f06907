package dev.telecom.fraud.event;

/**
 * Phone numbers and device or SIM identities as a {@code long}: compact in state, no allocation per event.
 *
 * <p>A 1 is put before the digits so that leading zeros survive: test networks have IMSIs that begin with 001.
 */
public final class Digits {
    /** A missing number, or one that is not 1 to 17 digits. */
    public static final long UNKNOWN = 0;

    private static final int MAX_LENGTH = 17;

    private Digits() {}

    /** The digits as a number with a 1 before them; {@link #UNKNOWN} for anything other than 1 to 17 digits. */
    public static long encode(char[] text, int start, int length) {
        if (length < 1 || length > MAX_LENGTH) {
            return UNKNOWN;
        }
        long encoded = 1;
        for (int i = start; i < start + length; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) {
                return UNKNOWN;
            }
            encoded = encoded * 10 + digit;
        }
        return encoded;
    }

    /** The digits of a number that {@link #encode(char[], int, int)} made; empty for {@link #UNKNOWN}. */
    public static String decode(long encoded) {
        return encoded == UNKNOWN ? "" : Long.toString(encoded).substring(1);
    }

    /** Whether the digits begin with the prefix; both are encoded. */
    public static boolean startsWith(long encoded, long prefix) {
        long shortened = encoded;
        while (shortened > prefix) {
            shortened /= 10;
        }
        return shortened == prefix;
    }
}
