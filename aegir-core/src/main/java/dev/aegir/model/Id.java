// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/**
 * An identity that never changes: a ULID, 26 characters of Crockford's base 32, sortable by the time it was made. It is
 * stamped on everything that is made on a server, and read back before anything is destroyed.
 *
 * @param value the 26 characters, upper case
 * @see <a href="https://github.com/ulid/spec">the ULID specification</a>
 */
public record Id(String value) implements Comparable<Id> {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final AtomicReference<Id> LAST = new AtomicReference<>(new Id("0".repeat(26)));

    /** Validates. */
    public Id {
        boolean valid = value.length() == 26 && value.charAt(0) <= '7';
        for (int i = 0; valid && i < value.length(); i++) {
            valid = ALPHABET.indexOf(value.charAt(i)) >= 0;
        }
        if (!valid) {
            throw new InvalidValueException("id", value, "a ULID has 26 characters of 0-9 and A-Z without I, L, O, U");
        }
    }

    /**
     * An id that is already known.
     *
     * @param value the 26 characters
     * @return the id
     */
    public static Id of(String value) {
        return new Id(value);
    }

    /**
     * A new id, greater than all that this has given in this program: also within one millisecond, and when the clock is set back.
     *
     * @return an id made of the present time and 80 random bits, or else the one after the last
     */
    public static Id next() {
        Id fresh = next(InstantSource.system());
        return LAST.accumulateAndGet(fresh, (last, made) -> made.compareTo(last) > 0 ? made : last.following());
    }

    /** The next greater one. */
    private Id following() {
        char[] text = value.toCharArray();
        int place = text.length - 1;
        while (text[place] == 'Z') {
            text[place] = '0';
            place--;
        }
        text[place] = ALPHABET.charAt(ALPHABET.indexOf(text[place]) + 1);
        return new Id(new String(text));
    }

    /**
     * A new id at the time of a given clock.
     *
     * @param clock where the time comes from
     * @return an id made of that time in milliseconds and 80 random bits
     */
    public static Id next(InstantSource clock) {
        char[] text = new char[26];
        long time = clock.millis();
        for (int i = 9; i >= 0; i--) {
            text[i] = ALPHABET.charAt((int) (time & 31));
            time >>>= 5;
        }
        byte[] random = new byte[16];
        RANDOM.nextBytes(random);
        for (int i = 0; i < 16; i++) {
            text[10 + i] = ALPHABET.charAt(random[i] & 31);
        }
        return new Id(new String(text));
    }

    /**
     * A name for accounts and databases that belong to what has this id: a letter, then the id in lower case.
     *
     * @return 27 characters of a-z and 0-9
     */
    public String account() {
        return "s" + value.toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public int compareTo(Id other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
