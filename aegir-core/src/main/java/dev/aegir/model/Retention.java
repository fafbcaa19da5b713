// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.time.temporal.IsoFields;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Which backups are kept: the newest of each of the last hours, days, weeks, months and years that have any, in UTC. Whatever
 * the numbers say, these are kept too: the newest backup that was verified, and the newest at each higher level of verification;
 * a minimum of the newest; safety backups until they are old; backups dated later than now, which a clock that was set back or
 * forth has made; backups that others hold only the difference from; and those that are not complete, about which others decide.
 *
 * @param hourly how many hours
 * @param daily how many days
 * @param weekly how many weeks, as ISO counts them
 * @param monthly how many months
 * @param yearly how many years
 * @param minimum how many of the newest in any case, at least 1
 * @param safety how old safety backups get
 */
public record Retention(int hourly, int daily, int weekly, int monthly, int yearly, int minimum, Duration safety) {
    private static final Duration CLOCKS_DIFFER = Duration.ofMinutes(10);

    /** Later is newer; of the same moment, what was planned later. */
    private static final Comparator<Backup> NEWEST_FIRST = Comparator.comparing(Retention::at)
            .thenComparing(backup -> backup.id().value())
            .reversed();

    /** Validates. */
    public Retention {
        if (hourly < 0 || daily < 0 || weekly < 0 || monthly < 0 || yearly < 0 || minimum < 1 || safety.isNegative()) {
            throw new InvalidValueException(
                    "retention",
                    hourly + " hourly, " + daily + " daily, " + weekly + " weekly, " + monthly + " monthly, " + yearly
                            + " yearly, at least " + minimum + ", safety for " + safety,
                    "none may be negative, and at least one backup is always kept");
        }
    }

    /**
     * 24 hours, 7 days, 5 weeks, 12 months, 2 years; at least 3; safety backups for 30 days.
     *
     * @return a retention to begin with
     */
    public static Retention usual() {
        return new Retention(24, 7, 5, 12, 2, 3, Duration.ofDays(30));
    }

    /**
     * Which backups are no longer to be kept.
     *
     * @param backups all backups of one site or codebase in one service
     * @param now the time
     * @return those to delete, oldest first
     */
    public List<Backup> expired(List<Backup> backups, Instant now) {
        Set<Id> kept = kept(backups, now);
        return backups.stream()
                .filter(backup -> !kept.contains(backup.id()))
                .sorted(NEWEST_FIRST.reversed())
                .toList();
    }

    private Set<Id> kept(List<Backup> backups, Instant now) {
        List<Backup> complete = backups.stream()
                .filter(backup -> backup.contents().isPresent())
                .sorted(NEWEST_FIRST)
                .toList();
        Set<Id> kept = new LinkedHashSet<>();
        backups.stream().filter(backup -> backup.contents().isEmpty()).forEach(backup -> kept.add(backup.id()));
        // Before the clock: a backup from the future is none of the newest, and must not push those out.
        List<Backup> past = complete.stream()
                .filter(backup -> !at(backup).isAfter(now.plus(CLOCKS_DIFFER)))
                .toList();
        complete.stream().filter(backup -> !past.contains(backup)).forEach(backup -> kept.add(backup.id()));
        for (Level level : Level.values()) {
            newestVerified(complete, level).ifPresent(kept::add);
            newestVerified(past, level).ifPresent(kept::add);
        }
        past.stream().limit(minimum).forEach(backup -> kept.add(backup.id()));
        complete.stream().limit(1).forEach(backup -> kept.add(backup.id()));
        past.stream()
                .filter(backup -> backup.reason() == Reason.SAFETY && at(backup).isAfter(now.minus(safety)))
                .forEach(backup -> kept.add(backup.id()));
        List<Backup> regular =
                past.stream().filter(backup -> backup.reason() != Reason.SAFETY).toList();
        newestOf(regular, hourly, at -> at.truncatedTo(ChronoUnit.HOURS).toString(), kept);
        newestOf(regular, daily, at -> at.toLocalDate().toString(), kept);
        newestOf(
                regular,
                weekly,
                at -> at.get(IsoFields.WEEK_BASED_YEAR) + "/" + at.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR),
                kept);
        newestOf(regular, monthly, at -> at.getYear() + "/" + at.getMonthValue(), kept);
        newestOf(regular, yearly, at -> String.valueOf(at.getYear()), kept);
        needed(backups, kept);
        return kept;
    }

    private static Optional<Id> newestVerified(List<Backup> newestFirst, Level level) {
        return newestFirst.stream()
                .filter(backup -> backup.verified()
                        .filter(how -> how.level().compareTo(level) >= 0)
                        .isPresent())
                .map(Backup::id)
                .findFirst();
    }

    /** A backup that was found damaged, or never verified, stands for no hour: an older one of it may be good. */
    private static void newestOf(
            List<Backup> newestFirst, int number, Function<ZonedDateTime, String> period, Set<Id> kept) {
        Set<String> periods = new HashSet<>();
        for (Backup backup : newestFirst) {
            if (periods.size() >= number) {
                return;
            }
            if (backup.verified().isPresent()
                    && periods.add(period.apply(at(backup).atZone(ZoneOffset.UTC)))) {
                kept.add(backup.id());
            }
        }
    }

    private static void needed(List<Backup> backups, Set<Id> kept) {
        boolean more = true;
        while (more) {
            more = false;
            for (Backup backup : backups) {
                more |= kept.contains(backup.id())
                        && backup.base().map(kept::add).orElse(false);
            }
        }
    }

    private static Instant at(Backup backup) {
        return backup.at().orElse(Instant.EPOCH);
    }
}
