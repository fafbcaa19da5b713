// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.WwwPolicy;
import dev.aegir.task.ChangeRuntime;
import dev.aegir.task.ClearCaches;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.DeleteCodebase;
import dev.aegir.task.DeleteSite;
import dev.aegir.task.DisableSite;
import dev.aegir.task.EnableSite;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.LockCodebase;
import dev.aegir.task.LoginLink;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.RenameSite;
import dev.aegir.task.RotateCredentials;
import dev.aegir.task.RunCron;
import dev.aegir.task.SetMaintenance;
import dev.aegir.task.SetSiteAliases;
import dev.aegir.task.Task;
import dev.aegir.task.TaskState;
import dev.aegir.task.UnlockCodebase;
import dev.aegir.task.UpdateDatabase;
import dev.aegir.task.UpdateSite;
import dev.aegir.task.UpgradeSite;
import dev.aegir.task.VerifyCodebase;
import dev.aegir.task.VerifyServer;
import dev.aegir.task.VerifySite;
import java.net.URI;
import java.util.List;

/**
 * A task that is killed at every point, what was done before it, and how it ends when nobody kills it. Every program makes
 * the same tasks with the same identities.
 */
enum Scenario {
    /** A server is taken into the inventory. */
    ENROL_SERVER(List.of()),
    /** A server is made ready for sites. */
    PREPARE_SERVER(List.of(Step.ENROL)),
    /** A codebase is brought from git. */
    CREATE_CODEBASE(List.of(Step.ENROL, Step.PREPARE)),
    /** A codebase that lost its files gets them back. */
    VERIFY_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.LOSE_CODE)),
    /** No new sites. */
    LOCK_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE)),
    /** New sites again. */
    UNLOCK_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.LOCK)),
    /** A site on a codebase that is there. */
    INSTALL_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE)),
    /** The same, where the server's configuration was broken by hand: it is taken back. */
    INSTALL_SITE_ON_BROKEN_SERVER(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.BREAK)),
    /** A site whose files were changed by hand. */
    VERIFY_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE, Step.DRIFT)),
    /** A server whose files were changed by hand. */
    VERIFY_SERVER(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE, Step.DRIFT)),
    /** Other names. */
    SET_SITE_ALIASES(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Other redirects. */
    UPDATE_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** The disabled page. */
    DISABLE_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** The site again. */
    ENABLE_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE, Step.DISABLE)),
    /** A copy under a name of its own. */
    CLONE_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Another name. */
    RENAME_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Another codebase. */
    UPGRADE_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.NEWER_CODE, Step.SITE)),
    /** Gone. */
    DELETE_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Not gone, because the server's configuration was broken by hand. */
    DELETE_SITE_ON_BROKEN_SERVER(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE, Step.BREAK)),
    /** The code gone. */
    DELETE_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE)),
    /** A site with a database and processes. */
    WORDPRESS_INSTALL(List.of(Step.ENROL, Step.PREPARE, Step.CODE)),
    /** The disabled page, and no cron. */
    WORDPRESS_DISABLE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** The site again, and its cron. */
    WORDPRESS_ENABLE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE, Step.DISABLE)),
    /** Closed for a while. */
    WORDPRESS_MAINTENANCE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Another account in the database. */
    WORDPRESS_ROTATE_CREDENTIALS(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Another PHP. */
    WORDPRESS_CHANGE_RUNTIME(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Closed, updated, opened. */
    WORDPRESS_UPDATE_DATABASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** What is run regularly, now. */
    WORDPRESS_CRON(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Nothing is kept that can be made again. */
    WORDPRESS_CLEAR_CACHES(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** A link that logs in. */
    WORDPRESS_LOGIN_LINK(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE)),
    /** Files, database, account and all gone. */
    WORDPRESS_DELETE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE));

    /** What is done before. */
    enum Step {
        ENROL,
        PREPARE,
        CODE,
        NEWER_CODE,
        LOCK,
        SITE,
        DISABLE,
        /** Not a task: the site's configuration is changed by hand. */
        DRIFT,
        /** Not a task: a neighbour's configuration is broken by hand. */
        BREAK,
        /** Not a task: the codebase's files are lost. */
        LOSE_CODE
    }

    static final String NAME = "docs.example.net";
    static final SecretRef KEY = SecretRef.of("ssh/lab");
    static final Id SITE_ID = Id.of("01JCRASH0000000000000000S1");
    static final Id SAFETY_ID = Id.of("01JCRASH0000000000000000B1");
    static final Id CODE_ID = Id.of("01JCRASH0000000000000000C1");
    static final Id COPY_ID = Id.of("01JCRASH0000000000000000S2");
    static final Id NEWER_CODE_ID = Id.of("01JCRASH0000000000000000C2");
    static final Id SERVER_ID = Id.of("01JCRASH0000000000000000W1");

    private final List<Step> before;

    Scenario(List<Step> before) {
        this.before = before;
    }

    List<Step> before() {
        return before;
    }

    TaskState end() {
        return name().endsWith("ON_BROKEN_SERVER") ? TaskState.ROLLED_BACK : TaskState.SUCCEEDED;
    }

    boolean wordpress() {
        return name().startsWith("WORDPRESS_");
    }

    /** Where the server is and what it is: what the programs are told. */
    record World(URI address, String hostKey, String repository) {}

    Task task(Step step, World world) {
        return switch (step) {
            case ENROL -> enrol(world);
            case PREPARE -> new PrepareServer("web1");
            case CODE -> code(world, "handbook", CODE_ID);
            case NEWER_CODE -> code(world, "handbook-next", NEWER_CODE_ID);
            case LOCK -> new LockCodebase("handbook");
            case SITE -> new InstallSite(site());
            case DISABLE -> new DisableSite(NAME);
            case DRIFT, BREAK, LOSE_CODE -> throw new IllegalArgumentException(step + " is done by hand");
        };
    }

    Task task(World world) {
        return switch (this) {
            case ENROL_SERVER -> enrol(world);
            case PREPARE_SERVER -> new PrepareServer("web1");
            case CREATE_CODEBASE -> code(world, "handbook", CODE_ID);
            case VERIFY_CODEBASE -> new VerifyCodebase("handbook");
            case LOCK_CODEBASE -> new LockCodebase("handbook");
            case UNLOCK_CODEBASE -> new UnlockCodebase("handbook");
            case INSTALL_SITE, INSTALL_SITE_ON_BROKEN_SERVER -> new InstallSite(site());
            case VERIFY_SITE -> new VerifySite(NAME);
            case VERIFY_SERVER -> new VerifyServer("web1");
            case SET_SITE_ALIASES ->
                new SetSiteAliases(
                        DomainName.of(NAME),
                        List.of(DomainName.of("manual.example.net")),
                        List.of(DomainName.of("old.example.net")));
            case UPDATE_SITE -> new UpdateSite(site().redirect("/old", "/"));
            case DISABLE_SITE -> new DisableSite(NAME);
            case ENABLE_SITE -> new EnableSite(NAME);
            case DELETE_SITE, DELETE_SITE_ON_BROKEN_SERVER -> new DeleteSite(DomainName.of(NAME), SAFETY_ID, true);
            case CLONE_SITE ->
                new CloneSite(
                        NAME,
                        Site.of("copy.example.net", "handbook")
                                .identified(COPY_ID)
                                .http("web1/http"));
            case RENAME_SITE -> new RenameSite(NAME, "handbook.example.net");
            case UPGRADE_SITE -> new UpgradeSite(NAME, "handbook-next");
            case DELETE_CODEBASE -> new DeleteCodebase("handbook");
            case WORDPRESS_INSTALL -> new InstallSite(site());
            case WORDPRESS_DISABLE -> new DisableSite(NAME);
            case WORDPRESS_ENABLE -> new EnableSite(NAME);
            case WORDPRESS_MAINTENANCE -> new SetMaintenance(NAME, true);
            case WORDPRESS_ROTATE_CREDENTIALS -> new RotateCredentials(NAME);
            case WORDPRESS_CHANGE_RUNTIME -> new ChangeRuntime(NAME, "web1/php84");
            case WORDPRESS_UPDATE_DATABASE -> new UpdateDatabase(NAME);
            case WORDPRESS_CRON -> new RunCron(NAME);
            case WORDPRESS_CLEAR_CACHES -> new ClearCaches(NAME);
            case WORDPRESS_LOGIN_LINK -> new LoginLink(NAME);
            case WORDPRESS_DELETE -> new DeleteSite(NAME);
        };
    }

    private Task enrol(World world) {
        Server server = Server.at("web1", world.address())
                .identified(SERVER_ID)
                .hostKey(world.hostKey())
                .credential(KEY)
                .offering(Service.http("nginx"));
        Service php = Service.of(ServiceKind.RUNTIME, "php-fpm");
        return new EnrolServer(
                wordpress()
                        ? server.offering(php.named("php82").with("version", "8.2"))
                                .offering(php.named("php84").with("version", "8.4"))
                                .offering(Service.of(ServiceKind.DB, "mariadb"))
                        : server);
    }

    private Task code(World world, String name, Id id) {
        Codebase fresh = wordpress()
                ? Codebase.of(name, CodeSource.directory("/opt/applications/wordpress-6.8"))
                        .application("wordpress")
                        .on("web1")
                : Codebase.of(name, CodeSource.git(world.repository(), "v2"))
                        .webRoot("public")
                        .on("web1");
        return new CreateCodebase(new Codebase(
                id,
                Name.of(name),
                fresh.application(),
                fresh.source(),
                fresh.webRoot(),
                fresh.revision(),
                fresh.servers(),
                false));
    }

    private Site site() {
        Site site =
                Site.of(NAME, "handbook").identified(SITE_ID).http("web1/http").www(WwwPolicy.REDIRECT);
        return wordpress() ? site.runtime("web1/php82").database("web1/db") : site;
    }
}
