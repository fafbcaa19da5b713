// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.internal.tasks.Retirement;
import dev.aegir.model.AegirException;
import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Retention;
import dev.aegir.model.Schedule;
import dev.aegir.model.Site;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.Inventory;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.VerifyBackup;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Submits what is due by the schedules of sites, which are their settings. That each is submitted once, by however many programs, is
 * the ledger's doing: its key says what was due and when. Thread-safe.
 */
public final class Upkeep {
    private static final String PREFIX = "schedule.";
    private static final List<String> KINDS =
            List.of("backup", "structure", "sample", "full", "drill", "prune", "retire");

    private final Inventory inventory;
    private final TaskExecutor executor;
    private final InstantSource clock;

    /** What this program knows to be submitted. */
    private final Map<String, Instant> done = new ConcurrentHashMap<>();

    /**
     * Over an inventory.
     *
     * @param inventory what there is
     * @param executor what runs tasks
     * @param clock the time
     */
    public Upkeep(Inventory inventory, TaskExecutor executor, InstantSource clock) {
        this.inventory = inventory;
        this.executor = executor;
        this.clock = clock;
    }

    /**
     * What was submitted.
     *
     * @param tasks the tasks
     * @param refused what could not be
     */
    public record Submitted(List<Id> tasks, List<String> refused) {}

    /** Submits what is due now. */
    public Submitted run() {
        Instant now = clock.instant();
        List<Id> tasks = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Site site : inventory.sites()) {
            List<String> kinds = KINDS.stream()
                    .filter(kind -> site.settings().text(PREFIX + kind).isPresent())
                    .toList();
            if (kinds.isEmpty()) {
                continue;
            }
            // Before anything is submitted, which may end before the rest is: what is proved is what was there.
            Optional<Id> newest = newest(site);
            for (String kind : kinds) {
                try {
                    Schedule schedule =
                            Schedule.of(site.settings().text(PREFIX + kind).orElseThrow());
                    submit(site, kind, schedule, newest, now).ifPresent(tasks::add);
                } catch (AegirException e) {
                    refused.add(kind + " of " + site.name() + ": " + e.getMessage());
                }
            }
        }
        return new Submitted(tasks, refused);
    }

    private Optional<Id> submit(Site site, String kind, Schedule schedule, Optional<Id> newest, Instant now) {
        String what = site.id() + ":" + kind;
        Instant due = schedule.due(now, what);
        // A clock that was set back makes nothing due again.
        if (Optional.ofNullable(done.get(what))
                .filter(last -> !last.isBefore(due))
                .isPresent()) {
            return Optional.empty();
        }
        if (kind.equals("retire")
                && Retirement.due(site).filter(over -> !over.isAfter(due)).isEmpty()) {
            return Optional.empty();
        }
        Optional<Task> task = task(site, kind, newest, now);
        if (task.isEmpty()) {
            return Optional.empty();
        }
        Submission submission = Submission.of(task.get()).key(PREFIX + what + ":" + due);
        Id id = executor.submit(List.of(submission)).get(0);
        done.put(what, due);
        return Optional.of(id);
    }

    /** Nothing for backups as long as there is none. */
    private Optional<Task> task(Site site, String kind, Optional<Id> newest, Instant now) {
        return switch (kind) {
            case "backup" -> {
                BackupSite backup = BackupSite.of(site.name().value()).scheduled();
                yield Optional.of(frozen(site) ? backup.frozen() : backup);
            }
            case "prune" -> Optional.of(new PruneBackups(site.name(), kept(site), now));
            case "retire" -> Optional.of(new RetireMigration(site.name().value()));
            case "drill" -> newest.map(DrillBackup::new);
            case "structure" -> newest.map(id -> new VerifyBackup(id, Backup.Level.STRUCTURE));
            case "sample" -> newest.map(id -> new VerifyBackup(id, Backup.Level.SAMPLE));
            default -> newest.map(id -> new VerifyBackup(id, Backup.Level.FULL));
        };
    }

    private static boolean frozen(Site site) {
        String text = site.settings().text(PREFIX + "consistency").orElse("live");
        return switch (text) {
            case "live" -> false;
            case "frozen" -> true;
            default -> throw new InvalidValueException("setting schedule.consistency", text, "write live or frozen");
        };
    }

    private static Retention kept(Site site) {
        Retention usual = Retention.usual();
        Optional<String> text = site.settings().text(PREFIX + "keep");
        if (text.isEmpty()) {
            return usual;
        } else if (!text.get().matches("[0-9]{1,4}(,[0-9]{1,4}){5}")) {
            throw new InvalidValueException(
                    "setting schedule.keep",
                    text.get(),
                    "write how many hours, days, weeks, months, years, and how many at least: 24,7,5,12,2,3");
        }
        int[] counts =
                Stream.of(text.get().split(",")).mapToInt(Integer::parseInt).toArray();
        return new Retention(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5], usual.safety());
    }

    private Optional<Id> newest(Site site) {
        return inventory.backupsOf(site.id()).stream()
                .filter(backup -> backup.verified().isPresent())
                .map(Backup::id)
                .findFirst();
    }
}
