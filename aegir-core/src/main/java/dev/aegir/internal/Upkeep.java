// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.internal.tasks.Retirement;
import dev.aegir.model.AegirException;
import dev.aegir.model.Backup;
import dev.aegir.model.Codebase;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Retention;
import dev.aegir.model.Schedule;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.task.BackupCodebase;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DrillBackup;
import dev.aegir.task.Inventory;
import dev.aegir.task.PruneBackups;
import dev.aegir.task.PruneBackupsOf;
import dev.aegir.task.RetireMigration;
import dev.aegir.task.Submission;
import dev.aegir.task.Task;
import dev.aegir.task.VerifyBackup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Submits what is due by the schedules of sites and codebases, which are their settings; and of sites that are gone and have left
 * backups, as the newest of these says. That each is submitted once, by however many programs, is the ledger's doing: its key says
 * what was due and when. Thread-safe.
 */
public final class Upkeep {
    private static final String PREFIX = "schedule.";
    private static final List<String> KINDS =
            List.of("backup", "structure", "sample", "full", "drill", "prune", "retire");

    /** All backups are read for those that are gone: not every minute. */
    private static final Duration GONE_EVERY = Duration.ofHours(1);

    private final Inventory inventory;
    private final TaskExecutor executor;
    private final InstantSource clock;

    /** What this program knows to be submitted. */
    private final Map<String, Instant> done = new ConcurrentHashMap<>();

    private Optional<Instant> lookedForGone = Optional.empty();

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

    /**
     * Who has backups. What is gone is neither of both.
     *
     * @param id its id
     * @param title how people call it
     * @param settings its settings
     * @param site the site
     * @param codebase the codebase
     */
    private record Owner(Id id, String title, Settings settings, Optional<Site> site, Optional<Codebase> codebase) {
        static Owner of(Site site) {
            return new Owner(site.id(), site.name().value(), site.settings(), Optional.of(site), Optional.empty());
        }

        static Owner of(Codebase codebase) {
            return new Owner(
                    codebase.id(),
                    codebase.name().value(),
                    codebase.settings(),
                    Optional.empty(),
                    Optional.of(codebase));
        }

        static Owner gone(Site site) {
            return new Owner(
                    site.id(), site.name() + ", which is gone", site.settings(), Optional.empty(), Optional.empty());
        }

        boolean isGone() {
            return site.isEmpty() && codebase.isEmpty();
        }

        Optional<String> scheduled(String kind) {
            return settings.text(PREFIX + kind);
        }
    }

    /** Submits what is due now. */
    public Submitted run() {
        Instant now = clock.instant();
        List<Id> tasks = new ArrayList<>();
        List<String> refused = new ArrayList<>();
        for (Owner owner : owners(now)) {
            List<String> kinds = KINDS.stream()
                    .filter(kind -> owner.scheduled(kind).isPresent())
                    .toList();
            if (kinds.isEmpty()) {
                continue;
            }
            // Before anything is submitted, which may end before the rest is: what is proved is what was there.
            Optional<Id> newest = newest(owner.id());
            for (String kind : kinds) {
                try {
                    Schedule schedule = Schedule.of(owner.scheduled(kind).orElseThrow());
                    submit(owner, kind, schedule, newest, now).ifPresent(tasks::add);
                } catch (AegirException e) {
                    refused.add(kind + " of " + owner.title() + ": " + e.getMessage());
                }
            }
        }
        return new Submitted(tasks, refused);
    }

    private List<Owner> owners(Instant now) {
        List<Owner> owners = new ArrayList<>();
        inventory.sites().forEach(site -> owners.add(Owner.of(site)));
        inventory.codebases().forEach(codebase -> owners.add(Owner.of(codebase)));
        if (looksForGone(now)) {
            owners.addAll(gone());
        }
        return owners;
    }

    private synchronized boolean looksForGone(Instant now) {
        boolean looks = lookedForGone
                .filter(last -> !now.isBefore(last) && now.isBefore(last.plus(GONE_EVERY)))
                .isEmpty();
        if (looks) {
            lookedForGone = Optional.of(now);
        }
        return looks;
    }

    /** Sites that have left backups. Codebases wish nothing any more when they are gone. */
    private List<Owner> gone() {
        Map<Id, Site> left = new LinkedHashMap<>();
        // The newest first.
        for (Backup backup : inventory.backups()) {
            backup.site().ifPresent(site -> left.putIfAbsent(site.id(), site));
        }
        // Read after the backups: whoever has come meanwhile is not gone.
        Set<Id> there = inventory.sites().stream().map(Site::id).collect(Collectors.toSet());
        left.keySet().removeAll(there);
        return left.values().stream().map(Owner::gone).toList();
    }

    private Optional<Id> submit(Owner owner, String kind, Schedule schedule, Optional<Id> newest, Instant now) {
        String what = owner.id() + ":" + kind;
        Instant due = schedule.due(now, what);
        // A clock that was set back makes nothing due again.
        if (Optional.ofNullable(done.get(what))
                .filter(last -> !last.isBefore(due))
                .isPresent()) {
            return Optional.empty();
        }
        Optional<Task> task = kind.equals("retire") ? retirement(owner, due) : task(owner, kind, newest, now);
        if (task.isEmpty()) {
            return Optional.empty();
        }
        Submission submission = Submission.of(task.get()).key(PREFIX + what + ":" + due);
        Id id = executor.submit(List.of(submission)).get(0);
        done.put(what, due);
        return Optional.of(id);
    }

    /** Nothing for backups as long as there is none; nothing is taken of what is gone, nor tried where it was. */
    private static Optional<Task> task(Owner owner, String kind, Optional<Id> newest, Instant now) {
        return switch (kind) {
            case "backup" ->
                owner.site().map(Upkeep::backup).or(() -> owner.codebase().map(Upkeep::backup));
            case "prune" -> {
                Retention kept = kept(owner);
                yield Optional.of(
                        owner.site().isPresent()
                                ? new PruneBackups(owner.site().get().name(), kept, now)
                                : new PruneBackupsOf(owner.id(), kept, now));
            }
            case "drill" -> newest.filter(id -> !owner.isGone()).map(DrillBackup::new);
            case "structure" -> newest.map(id -> new VerifyBackup(id, Backup.Level.STRUCTURE));
            case "sample" -> newest.map(id -> new VerifyBackup(id, Backup.Level.SAMPLE));
            default -> newest.map(id -> new VerifyBackup(id, Backup.Level.FULL));
        };
    }

    /** Of what a site has left behind, once it is time. */
    private static Optional<Task> retirement(Owner owner, Instant due) {
        return owner.site()
                .filter(site ->
                        Retirement.due(site).filter(over -> !over.isAfter(due)).isPresent())
                .map(site -> new RetireMigration(site.name().value()));
    }

    private static Task backup(Site site) {
        BackupSite backup = BackupSite.of(site.name().value()).scheduled();
        String text = site.settings().text(PREFIX + "consistency").orElse("live");
        return switch (text) {
            case "live" -> backup;
            case "frozen" -> backup.frozen();
            default -> throw new InvalidValueException("setting schedule.consistency", text, "write live or frozen");
        };
    }

    private static Task backup(Codebase codebase) {
        String service = codebase.settings()
                .text(PREFIX + "service")
                .orElseThrow(() -> new RefusedException("The codebase " + codebase.name()
                        + " does not say where its backups go: set schedule.service, such as vault/backup."));
        return new BackupCodebase(codebase.name(), Id.next(), ServiceRef.of(service), Backup.Reason.SCHEDULED);
    }

    private static Retention kept(Owner owner) {
        Retention usual = Retention.usual();
        Optional<String> text = owner.scheduled("keep");
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

    private Optional<Id> newest(Id owner) {
        return inventory.backupsOf(owner).stream()
                .filter(backup -> backup.verified().isPresent())
                .map(Backup::id)
                .findFirst();
    }
}
