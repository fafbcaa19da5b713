// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.wordpress;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Site;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.InstallSite;

/** A site of one's own code in PHP. */
public final class HostPhp {
    private HostPhp() {}

    static Site host(Aegir aegir, String directory, String name) throws InterruptedException {
        // tag::site[]
        Codebase code = Codebase.of("app", CodeSource.directory(directory))
                .application("php")
                .webRoot("public")
                .on("web1");
        aegir.run(new CreateCodebase(code)).orThrow();

        Site site = Site.of(name, "app")
                .http("web1/http")
                .runtime("web1/php82")
                .database("web1/db")
                .with("php.settings", "json")
                .with("php.writable", "files cache")
                .with("php.mounts", "/uploads=files")
                .with("php.install", "setup/install.php")
                .with("php.check", "setup/check.php")
                .with("php.cron", "setup/cron.php");
        aegir.run(new InstallSite(site)).orThrow();
        // end::site[]
        return site;
    }
}
