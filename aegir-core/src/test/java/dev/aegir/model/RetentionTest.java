// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.Backup.Consistency;
import dev.aegir.model.Backup.Contents;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Reason;
import dev.aegir.model.Backup.Verified;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Abuse case 47, and what people expect of hours, days and years. */
class RetentionTest {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final Instant NOW = Instant.parse("2026-11-21T09:30:00Z");
    private static final Retention ONE_OF_EACH = new Retention(1, 1, 1, 1, 1, 1, Duration.ofDays(30));

    private int made;

    private Backup taken(Instant at) {
        return taken(at, Reason.SCHEDULED).verified(new Verified(Level.STRUCTURE, at));
    }

    private Backup taken(Instant at, Reason reason) {
        made++;
        return new Backup(
                Id.of(String.format("01J%023d", made)),
                OWNER,
                "docs.example.net",
                ServiceRef.of("vault/backup"),
                reason,
                Consistency.LIVE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Contents(at, List.of(), Map.of())),
                Optional.empty());
    }

    private Backup ago(Duration age) {
        return taken(NOW.minus(age));
    }

    private static List<Backup> kept(Retention retention, List<Backup> all) {
        List<Backup> expired = retention.expired(all, NOW);
        return all.stream().filter(backup -> !expired.contains(backup)).toList();
    }

    @Test
    void theNewestOfEveryPeriodIsKept() {
        List<Backup> all = new ArrayList<>();
        for (int hours = 0; hours < 24 * 365 * 3; hours += 6) {
            all.add(ago(Duration.ofHours(hours)));
        }
        Retention retention = new Retention(2, 3, 2, 2, 2, 1, Duration.ofDays(1));
        assertThat(kept(retention, all))
                .extracting(backup -> backup.at().orElseThrow().toString())
                .containsExactly(
                        "2026-11-21T09:30:00Z", // this hour, day, week, month and year
                        "2026-11-21T03:30:00Z", // the hour before that has one
                        "2026-11-20T21:30:00Z", // yesterday
                        "2026-11-19T21:30:00Z", // the day before
                        "2026-11-15T21:30:00Z", // last week
                        "2026-10-31T21:30:00Z", // last month
                        "2025-12-31T21:30:00Z"); // last year
    }

    @Test
    void theOrderInWhichTheyAreGivenDoesNotMatter() {
        List<Backup> all = new ArrayList<>(IntStream.range(0, 200)
                .mapToObj(i -> ago(Duration.ofHours(i * 7L)))
                .toList());
        List<Backup> expired = Retention.usual().expired(all, NOW);
        Collections.shuffle(all, new Random(47));
        assertThat(Retention.usual().expired(all, NOW)).isEqualTo(expired);
    }

    @Test
    void whatIsPrunedTwiceIsPrunedOnce() {
        List<Backup> all = IntStream.range(0, 400)
                .mapToObj(i -> ago(Duration.ofHours(i * 5L)))
                .toList();
        List<Backup> kept = kept(Retention.usual(), all);
        assertThat(Retention.usual().expired(kept, NOW)).isEmpty();
    }

    @Test
    void theOnlyOneIsKeptHoweverOld() {
        assertThat(kept(ONE_OF_EACH, List.of(ago(Duration.ofDays(9000))))).hasSize(1);
        Backup unverified = taken(NOW.minus(Duration.ofDays(9000)), Reason.MANUAL);
        assertThat(kept(ONE_OF_EACH, List.of(unverified))).containsExactly(unverified);
        Backup safety = taken(NOW.minus(Duration.ofDays(9000)), Reason.SAFETY);
        assertThat(kept(ONE_OF_EACH, List.of(safety))).containsExactly(safety);
        assertThat(ONE_OF_EACH.expired(List.of(), NOW)).isEmpty();
    }

    @Test
    void ofEqualTimestampsTheLaterPlannedIsTheNewest() {
        Backup first = taken(NOW);
        Backup second = taken(NOW);
        Backup third = taken(NOW);
        assertThat(kept(ONE_OF_EACH, List.of(second, third, first))).containsExactly(third);
    }

    @Test
    void theNewestGoodOneIsKeptWhenNewerOnesAreDamaged() {
        Backup good = ago(Duration.ofDays(500));
        List<Backup> damaged = IntStream.range(0, 30)
                .mapToObj(i -> ago(Duration.ofHours(i)).unverified())
                .toList();
        List<Backup> all = new ArrayList<>(damaged);
        all.add(good);
        assertThat(kept(ONE_OF_EACH, all)).contains(good);
    }

    @Test
    void aDamagedOneStandsForNoPeriod() {
        Backup damaged = ago(Duration.ofMinutes(1)).unverified();
        Backup good = ago(Duration.ofMinutes(20));
        Backup alsoGood = ago(Duration.ofMinutes(25));
        assertThat(kept(ONE_OF_EACH, List.of(damaged, good, alsoGood))).containsExactly(damaged, good);
    }

    @Test
    void theNewestOfEachHigherLevelIsKept() {
        Backup drilled = ago(Duration.ofDays(300)).verified(new Verified(Level.DRILL, NOW));
        Backup whole = ago(Duration.ofDays(200)).verified(new Verified(Level.FULL, NOW));
        Backup older = ago(Duration.ofDays(250)).verified(new Verified(Level.FULL, NOW));
        Backup newest = ago(Duration.ofMinutes(1));
        assertThat(kept(new Retention(0, 0, 0, 0, 0, 1, Duration.ZERO), List.of(drilled, older, whole, newest)))
                .containsExactly(drilled, whole, newest);
    }

    /** A clock that ran a year ahead for a day, and then was set right. */
    @Test
    void backupsFromTheFutureStayAndPushNothingOut() {
        List<Backup> future = IntStream.range(0, 24)
                .mapToObj(i -> ago(Duration.ofHours(-i).minusDays(365)))
                .toList();
        List<Backup> past = List.of(ago(Duration.ofMinutes(1)), ago(Duration.ofDays(1)), ago(Duration.ofDays(2)));
        Retention retention = new Retention(0, 3, 0, 0, 0, 1, Duration.ZERO);
        List<Backup> all = new ArrayList<>(future);
        all.addAll(past);
        assertThat(kept(retention, all)).containsAll(past).containsAll(future);
    }

    /** A clock that fell back to 1970: nothing that was made before it did is lost. */
    @Test
    void aClockThatFellBackDeletesNothing() {
        List<Backup> all = List.of(ago(Duration.ofDays(1)), ago(Duration.ofDays(2)), taken(Instant.EPOCH));
        assertThat(ONE_OF_EACH.expired(all, Instant.EPOCH.plusSeconds(60))).isEmpty();
    }

    @Test
    void safetyBackupsStayUntilTheyAreOldAndCountForNothing() {
        Backup recent =
                taken(NOW.minus(Duration.ofDays(29)), Reason.SAFETY).verified(new Verified(Level.STRUCTURE, NOW));
        Backup old = taken(NOW.minus(Duration.ofDays(31)), Reason.SAFETY).verified(new Verified(Level.STRUCTURE, NOW));
        Backup regular = ago(Duration.ofMinutes(1));
        assertThat(kept(ONE_OF_EACH, List.of(recent, old, regular))).containsExactly(recent, regular);
        assertThat(kept(ONE_OF_EACH, List.of(old, recent))).contains(recent);
    }

    @Test
    void whatOthersNeedIsKept() {
        Backup base = ago(Duration.ofDays(90));
        Backup middle = on(base, ago(Duration.ofDays(60)));
        Backup top = on(middle, ago(Duration.ofMinutes(1)));
        Backup alone = ago(Duration.ofDays(80));
        assertThat(kept(new Retention(1, 0, 0, 0, 0, 1, Duration.ZERO), List.of(base, middle, top, alone)))
                .containsExactly(base, middle, top);
    }

    private static Backup on(Backup base, Backup backup) {
        return new Backup(
                backup.id(),
                backup.owner(),
                backup.title(),
                backup.service(),
                backup.reason(),
                backup.consistency(),
                backup.site(),
                Optional.of(base.id()),
                backup.contents(),
                backup.verified());
    }

    @Test
    void theMinimumIsKeptWhateverThePeriods() {
        List<Backup> all = IntStream.range(0, 10)
                .mapToObj(i -> ago(Duration.ofDays(1000).plusMinutes(i)))
                .toList();
        assertThat(kept(new Retention(0, 0, 0, 0, 0, 4, Duration.ZERO), all)).isEqualTo(all.subList(0, 4));
    }

    /** The last one that can be restored from is never among those to go, whatever the world looks like. */
    @Test
    void whateverHappensTheNewestVerifiedIsKept() {
        Random random = new Random(4711);
        for (int round = 0; round < 2000; round++) {
            List<Backup> all = new ArrayList<>();
            for (int i = random.nextInt(8); i >= 0; i--) {
                Instant at = NOW.plusSeconds(random.nextInt(200_000_000) - 180_000_000);
                Backup backup = taken(at, Reason.values()[random.nextInt(4)]);
                all.add(
                        random.nextBoolean()
                                ? backup
                                : backup.verified(new Verified(Level.values()[random.nextInt(4)], at)));
            }
            Retention retention = new Retention(
                    random.nextInt(2),
                    random.nextInt(2),
                    random.nextInt(2),
                    0,
                    random.nextInt(2),
                    1,
                    Duration.ofDays(3));
            List<Backup> kept = kept(retention, all);
            assertThat(kept).isNotEmpty();
            assertThat(kept.stream().anyMatch(backup -> backup.verified().isPresent()))
                    .isEqualTo(all.stream().anyMatch(backup -> backup.verified().isPresent()));
        }
    }

    @Test
    void oneIsTheLeast() {
        assertThatThrownBy(() -> new Retention(1, 1, 1, 1, 1, 0, Duration.ZERO))
                .isInstanceOf(InvalidValueException.class);
    }
}
