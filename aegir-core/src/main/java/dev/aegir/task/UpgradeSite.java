// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Moves a site to another codebase where it is, as {@link MigrateSite} does.
 *
 * @param site the site's name
 * @param codebase the codebase
 * @param check a command that must succeed before the site is opened with it; none for no check
 * @param closedAtMost how long the site may be closed before it is open with it; absent for as long as it takes
 * @param anotherPassAbove how long a pass over the open site takes that is followed by another; absent for 5 seconds
 * @param safety the id of the safety backup, so that the task is the same whenever it is planned
 * @param withSafety whether a safety backup is taken of a site that is bound to a backup service
 */
public record UpgradeSite(
        DomainName site,
        Name codebase,
        List<String> check,
        Optional<Duration> closedAtMost,
        Optional<Duration> anotherPassAbove,
        Id safety,
        boolean withSafety)
        implements Task {
    /** Validates and copies. */
    public UpgradeSite {
        check = List.copyOf(check);
        FreezeExceededException.requireBound(closedAtMost);
        MigrateSite.requirePass(anotherPassAbove);
    }

    /**
     * Closed for as long as it takes.
     *
     * @param site the site's name
     * @param codebase the codebase
     * @param check a command that must succeed; none for no check
     */
    public UpgradeSite(DomainName site, Name codebase, List<String> check) {
        this(site, codebase, check, Optional.empty(), Optional.empty(), Id.next(), true);
    }

    /**
     * By name.
     *
     * @param site the site's name
     * @param codebase the codebase's name
     */
    public UpgradeSite(String site, String codebase) {
        this(DomainName.of(site), Name.of(codebase), List.of());
    }

    /**
     * This task with a bound for the time that the site is closed.
     *
     * @param bound at most so long; more than nothing
     * @return a copy
     */
    public UpgradeSite closedAtMost(Duration bound) {
        return new UpgradeSite(site, codebase, check, Optional.of(bound), anotherPassAbove, safety, withSafety);
    }

    /**
     * This task with a time of one's own that a pass over the open site takes when another follows it, as of {@link
     * MigrateSite#anotherPassAbove(Duration)}.
     *
     * @param time more than so long; nothing for all passes that are planned, whatever they take
     * @return a copy
     */
    public UpgradeSite anotherPassAbove(Duration time) {
        return new UpgradeSite(site, codebase, check, closedAtMost, Optional.of(time), safety, withSafety);
    }

    /**
     * This task without a safety backup.
     *
     * @return a copy
     */
    public UpgradeSite withoutSafetyBackup() {
        return new UpgradeSite(site, codebase, check, closedAtMost, anotherPassAbove, safety, false);
    }

    @Override
    public String title() {
        return "upgrade site " + site + " to " + codebase;
    }
}
