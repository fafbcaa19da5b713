// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Site;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Moves a site to other services, to another codebase, or both. Files and database are brought while it goes on serving, in up to
 * four passes of which each brings what was changed during the one before; then, for as
 * short a time as what has changed since the last of them takes, its visitors see that it will be back, and nothing of it
 * can be written. It is opened where it is now, and its former server hands on whoever still asks there. So no write that was
 * acknowledged is lost, and none is made to the former database afterwards.
 *
 * <p>Until it is opened anything that goes wrong is taken back, and the site serves as before. What it had stays where it was
 * until {@link RetireMigration}. Results: {@code freeze.milliseconds}, {@code copied.files.bytes}, {@code dump.tables} and
 * more.
 *
 * <p>A pass over the open site is followed by another when it took long, 5 seconds or as long as {@link #anotherPassAbove(Duration)}
 * says, and clearly less than the one before it: small sites are copied once, and passes end when they get no shorter. Results: {@code
 * passes}, how many there were; {@code pass-1.milliseconds} and so on; {@code pass-2.tables} and {@code pass-2.ranges}, what the second
 * brought of the database, where its engine can ({@link dev.aegir.spi.SeedingEngine}).
 *
 * <p>Before anything is made it is refused with a {@link NoRoomException} when there is less room where it goes than it takes, unless the
 * site's setting {@code room} is {@code off}.
 *
 * <p>Another codebase must have every package that the site has switched on, none of them older, and none with an older
 * state of the database: this is known once the codebase was scanned and the site verified. Its database is then brought to
 * what that code expects: on a copy, so that the former stays as it was.
 *
 * <p>A site that is bound to a backup service is backed up before anything else, while it is open: what it had is untouched by
 * the move itself, but its files are used on by another codebase where it is. That backup stays whatever comes of the task, and its
 * id is the result {@code backup.id}.
 *
 * <p>With a bound, the site is never closed for longer before it is open elsewhere: what takes too long is stopped and all of it
 * taken back, with a {@link FreezeExceededException} that says how long what took. Taking back opens the site first, and that time is
 * not counted.
 *
 * <p>Before it is open elsewhere it answers there over HTTP, where its web service can rehearse that ({@link
 * dev.aegir.spi.RehearsingEngine}): a page, a redirect or a question for a password. The site's setting {@code probe} says which path
 * is asked for ({@code /}), or {@code off}.
 *
 * <p>Steps of your own, such as a suite of tests, belong before the {@link SiteMilestone} that it is ready: when one fails, all is taken
 * back.
 *
 * @param site the site as the inventory has it, but for its services and its codebase
 * @param check a command that must succeed, run as the site's account where it will serve, before it is opened there: the
 *     words; none for no check
 * @param closedAtMost how long it may be closed before it is open elsewhere; absent for as long as it takes
 * @param anotherPassAbove how long a pass over the open site takes that is followed by another; absent for 5 seconds
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 * @param withSafety whether a safety backup is taken of a site that is bound to a backup service
 */
public record MigrateSite(
        Site site,
        List<String> check,
        Optional<Duration> closedAtMost,
        Optional<Duration> anotherPassAbove,
        Id safety,
        boolean withSafety)
        implements Task {
    /** Validates and copies. */
    public MigrateSite {
        check = List.copyOf(check);
        FreezeExceededException.requireBound(closedAtMost);
        requirePass(anotherPassAbove);
    }

    /**
     * Closed for as long as it takes.
     *
     * @param site the site with the services it shall have
     * @param check a command that must succeed; none for no check
     */
    public MigrateSite(Site site, List<String> check) {
        this(site, check, Optional.empty(), Optional.empty(), Id.next(), true);
    }

    /**
     * Without a check of one's own.
     *
     * @param site the site with the services it shall have
     */
    public MigrateSite(Site site) {
        this(site, List.of());
    }

    /**
     * This task with a bound for the time that the site is closed.
     *
     * @param bound at most so long; more than nothing
     * @return a copy
     */
    public MigrateSite closedAtMost(Duration bound) {
        return new MigrateSite(site, check, Optional.of(bound), anotherPassAbove, safety, withSafety);
    }

    /**
     * This task with a time of one's own that a pass over the open site takes when another follows it. A shorter time brings more
     * passes, each of which costs both servers something, and leaves less for the time that the site is closed.
     *
     * @param time more than so long; nothing for all passes that are planned, whatever they take
     * @return a copy
     */
    public MigrateSite anotherPassAbove(Duration time) {
        return new MigrateSite(site, check, closedAtMost, Optional.of(time), safety, withSafety);
    }

    /**
     * This task without a safety backup.
     *
     * @return a copy
     */
    public MigrateSite withoutSafetyBackup() {
        return new MigrateSite(site, check, closedAtMost, anotherPassAbove, safety, false);
    }

    static void requirePass(Optional<Duration> time) {
        time.filter(Duration::isNegative).ifPresent(negative -> {
            throw new InvalidValueException("time of a pass", negative.toString(), "nothing takes less time than none");
        });
    }

    @Override
    public String title() {
        return "migrate site " + site.name() + " to " + site.services().values();
    }
}
