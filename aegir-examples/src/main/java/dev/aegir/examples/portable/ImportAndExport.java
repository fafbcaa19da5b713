// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.portable;

import dev.aegir.Aegir;
import dev.aegir.model.Id;
import dev.aegir.model.Site;
import dev.aegir.task.BackupSite;
import dev.aegir.task.ExportBackup;
import dev.aegir.task.ExportBackups;
import dev.aegir.task.ImportSite;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.ScanCodebase;
import dev.aegir.task.TaskInfo;
import java.util.List;

/** Takes a site out as one file, and makes sites of files. */
public final class ImportAndExport {
    private ImportAndExport() {}

    /**
     * One file of a site.
     *
     * @param aegir the Aegir
     * @param name the site's name
     * @return the file's checksum
     * @throws InterruptedException when the thread is interrupted
     */
    public static String export(Aegir aegir, String name) throws InterruptedException {
        // tag::export[]
        Id backup = Id.of(aegir.run(BackupSite.of(name).frozen()).orThrow().result("backup.id"));
        TaskInfo exported = aegir.run(new ExportBackup(backup, "web1", "/srv/aegir/outgoing/blog.tar"))
                .orThrow();
        String sha256 = exported.result("export.sha256");
        // end::export[]
        return sha256;
    }

    /**
     * A directory of several sites.
     *
     * @param aegir the Aegir
     * @param backups what is exported
     * @param directory where, on the server {@code web1}
     * @return how that ended
     * @throws InterruptedException when the thread is interrupted
     */
    public static TaskInfo exportTogether(Aegir aegir, List<Id> backups, String directory) throws InterruptedException {
        // tag::together[]
        TaskInfo exported =
                aegir.run(new ExportBackups(backups, "web1", directory)).orThrow();
        String sha256 = exported.result("export.sha256"); // of the index, which has those of the files
        // end::together[]
        System.out.println(sha256);
        return exported;
    }

    /**
     * A site of a backup that is encrypted and signed.
     *
     * @param aegir the Aegir
     * @param file the archive on the server {@code web1}
     * @param site the new site
     * @param signer the public key that it must be signed by
     * @return how that ended
     * @throws InterruptedException when the thread is interrupted
     */
    public static TaskInfo bringProtected(Aegir aegir, String file, Site site, String signer)
            throws InterruptedException {
        // tag::protected[]
        ImportSite task =
                ImportSite.of("web1", file, site).openedBy("age/backups").signedBy(signer);
        TaskInfo imported = aegir.run(task);
        // end::protected[]
        return imported;
    }

    /**
     * A site of a file.
     *
     * @param aegir the Aegir
     * @param file the archive on the server {@code web1}
     * @param name the new site's name
     * @param former the name it had
     * @return how that ended
     * @throws InterruptedException when the thread is interrupted
     */
    public static TaskInfo bring(Aegir aegir, String file, String name, String former) throws InterruptedException {
        // tag::import[]
        aegir.run(new ScanCodebase("wp")).orThrow();
        Site site = Site.of(name, "wp").http("web1/http").runtime("web1/php84").database("web1/db");
        ImportSite task = ImportSite.of("web1", file, site).formerly(former);

        PlanPreview preview = aegir.preview(task);
        System.out.println(preview.steps().get(0).changes());

        TaskInfo imported = aegir.run(task);
        // end::import[]
        return imported;
    }
}
