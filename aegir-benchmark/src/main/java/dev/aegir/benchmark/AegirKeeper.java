// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.model.Backup;
import dev.aegir.model.Id;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.DeleteBackup;
import dev.aegir.task.RestoreSite;
import dev.aegir.task.RestoreSite.What;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Whole tasks: submitted, planned, journalled, checked, the restored site switched to. */
final class AegirKeeper implements Keeper {
    private final Hosting hosting;
    private final String title;
    private final String service;
    private final Map<Content, Id> last = new EnumMap<>(Content.class);

    private AegirKeeper(Hosting hosting, String title, String service) {
        this.hosting = hosting;
        this.title = title;
        this.service = service;
    }

    /** Its own archives. */
    static Keeper archives(Hosting hosting) {
        return new AegirKeeper(hosting, "aegir", "bench/" + Hosting.ARCHIVES);
    }

    /** A repository of restic. */
    static Keeper restic(Hosting hosting) {
        return new AegirKeeper(hosting, "aegir-restic", "bench/" + Hosting.RESTIC);
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean knows(Content content) {
        return true;
    }

    @Override
    public void makeRoom(Content content) {
        // The site is there.
    }

    @Override
    public void forget() throws InterruptedException {
        for (Site site : hosting.aegir().inventory().sites()) {
            List<Backup> backups = hosting.aegir().inventory().backupsOf(site.id());
            // The newest first: others may be needed by it.
            for (Backup backup : backups.stream()
                    .filter(each -> each.service().equals(ServiceRef.of(service)))
                    .sorted((a, b) -> b.id().compareTo(a.id()))
                    .toList()) {
                hosting.run(new DeleteBackup(backup.id(), true));
            }
        }
        hosting.anew(service);
    }

    @Override
    public void backUp(Content content) throws InterruptedException {
        last.put(
                content,
                Id.of(hosting.runTelling(BackupSite.of(content.site()).to(service))
                        .result("backup.id")));
    }

    @Override
    public void restore(Content content) throws InterruptedException {
        Id backup = last.get(content);
        if (backup == null) {
            throw new IllegalStateException("nothing was backed up yet");
        }
        RestoreSite all = RestoreSite.of(content.site(), backup).withoutSafetyBackup();
        hosting.runTelling(
                switch (content) {
                    case FILES -> all.only(What.FILES);
                    case DATABASE -> all.only(What.DATABASE);
                    case BOTH -> all;
                });
    }

    @Override
    public String restored(Content content) throws InterruptedException {
        return hosting.fingerprint(content);
    }
}
