// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * When something is due, over and over: in UTC, so that no hour comes twice or never. Those who have the same schedule are spread,
 * each always to the same place. Immutable.
 *
 * @param every the time between two, from a minute to 366 days; counted from 1970-01-01, a Thursday
 * @param at how long after the beginning of each, such as 2 hours for two at night when it is daily
 * @param within over how long they are spread from there, less than {@code every}
 */
public record Schedule(Duration every, Duration at, Duration within) {
    private static final Duration SHORTEST = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Pattern FORM = Pattern.compile("(\\S+)(?: at (\\S+))?(?: within (\\S+))?");

    /** Validates. */
    public Schedule {
        if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
            throw new InvalidValueException("schedule", every.toString(), "every minute to every 366 days");
        } else if (at.isNegative() || within.isNegative() || within.compareTo(every) >= 0) {
            throw new InvalidValueException(
                    "schedule",
                    "at " + at + " within " + within,
                    "neither is negative, and it is spread over less than every");
        }
    }

    /**
     * Reads one.
     *
     * @param text such as {@code P1D at 02:00 within PT3H}; the last two may be left out
     * @return the schedule; spread over a tenth of its time unless it says otherwise
     * @throws InvalidValueException when it is none
     */
    public static Schedule of(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw refused(text);
        }
        try {
            Duration every = Duration.parse(form.group(1));
            Duration at = form.group(2) == null
                    ? Duration.ZERO
                    : Duration.ofSeconds(LocalTime.parse(form.group(2)).toSecondOfDay());
            return new Schedule(every, at, form.group(3) == null ? every.dividedBy(10) : Duration.parse(form.group(3)));
        } catch (DateTimeException e) {
            throw refused(text);
        }
    }

    private static InvalidValueException refused(String text) {
        return new InvalidValueException(
                "schedule", text, "write it as P1D at 02:00 within PT3H: how often, when in UTC, spread over how long");
    }

    /**
     * When it was due last. However many were missed, that is one.
     *
     * @param now the time
     * @param who what is due, by which its place is chosen
     * @return the latest moment that is not after now
     */
    public Instant due(Instant now, String who) {
        CRC32 place = new CRC32();
        place.update(who.getBytes(StandardCharsets.UTF_8));
        long offset = at.toSeconds() + (within.isZero() ? 0 : place.getValue() % Math.max(1, within.toSeconds()));
        long length = every.toSeconds();
        return Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond() - offset, length) * length + offset);
    }

    @Override
    public String toString() {
        return every + " at " + LocalTime.MIN.plus(at) + " within " + within;
    }
}
