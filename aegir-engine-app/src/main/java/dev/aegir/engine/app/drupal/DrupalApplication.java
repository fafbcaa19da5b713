// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.copy.SanitisePolicy;
import dev.aegir.engine.app.scan.LookAtRunning;
import dev.aegir.engine.app.scan.ScanCode;
import dev.aegir.host.FileChange;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.RunningSite;
import dev.aegir.model.SecretRef;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.ForgetSecret;
import dev.aegir.task.MakeSecret;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Drupal, 9.4 and later, on MySQL, MariaDB or PostgreSQL. The sites of a codebase share its code, which none of them can write;
 * each has its own settings, files, database and account. Neither Drush nor another tool is needed in the code. Where the code has
 * Drush, that updates the database, runs its deploy hooks and rebuilds the caches, because modules hook into these commands; what has
 * come of that our own program says.
 *
 * <p>The codebase's web root is where Drupal's {@code core} and {@code sites} are. Aegir puts {@code sites/sites.php} there, and
 * for each site a link {@code sites/<id>} to the directory {@code settings} of the site's own directory; code that brings a
 * {@code sites/sites.php} of its own is refused.
 *
 * <p>Settings of a site, read when it is installed: {@code title} (its name), {@code admin.name} ({@code admin}),
 * {@code admin.mail} ({@code admin@} its name), {@code profile} ({@code standard}), {@code locale} ({@code en}), {@code timezone}
 * ({@code UTC}); and at all times {@code scheme} ({@code http}, or {@code https}), {@code proxies} (addresses with commas
 * between, whose word is taken for who a visitor is), {@code files.also} (paths with spaces between, under which its files are
 * served too, such as {@code /sites/default/files} of a site that came from elsewhere), {@code cron.minutes} (15), {@code mail}
 * ({@code off} for a site that sends none), {@code sanitise.keep} (the addresses that a sanitised copy keeps), {@code
 * sanitise.empty} (the tables that it has without rows) and {@code sanitise.forget} (the config and state that it loses), {@code tool}
 * ({@code auto}; {@code drush}, where nothing shall be done without it; {@code dr}, core's own, for the caches; {@code runner} for
 * neither), {@code tool.path} (where that is in the code, {@code vendor/bin/drush}).
 *
 * <p>What a person sets goes into {@code settings/settings.local.php} in the site's own directory, which belongs to root.
 */
public final class DrupalApplication implements Application {
    private static final int LONG = 60;

    /** For ServiceLoader. */
    public DrupalApplication() {}

    @Override
    public String name() {
        return "drupal";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(
                ScanCode.class,
                LookAtRunning.class,
                AskDrupal.class,
                UpdateDrupal.class,
                RebuildDrupal.class,
                DeployDrupal.class,
                FindTool.class,
                ListDrupal.class,
                MakeLoginLink.class,
                GivePassword.class,
                SanitiseDrupal.class,
                SitesDirectory.Dispatch.class,
                SitesDirectory.Link.class,
                SitesDirectory.Unlink.class);
    }

    @Override
    public Set<ServiceKind<?>> needs(Site site) {
        return Set.of(ServiceKind.RUNTIME, ServiceKind.DB);
    }

    @Override
    public VirtualHost.Handler handler(ApplicationRequest request) {
        return request.runtime()
                .map(ApplicationRequest.Processes::handler)
                .orElseThrow(
                        () -> new RefusedException("The site " + request.site().name()
                                + " is bound to no runtime; bind it with runtime(\"server/service\")."));
    }

    @Override
    public List<VirtualHost.Mount> mounts(ApplicationRequest request) {
        HostPath files = request.home().child("files");
        List<VirtualHost.Mount> mounts = new ArrayList<>();
        mounts.add(new VirtualHost.Mount("/sites/" + request.site().id() + "/files", files, true));
        String also = request.site().settings().text("files.also").orElse("");
        Stream.of(also.split(" +"))
                .filter(path -> !path.isEmpty())
                .forEach(path -> mounts.add(new VirtualHost.Mount(path, files)));
        return List.copyOf(mounts);
    }

    @Override
    public List<String> writable(Site site) {
        return List.of("files", "private", "php", "config/sync");
    }

    /** Not the templates that it has compiled. */
    @Override
    public List<String> importable(Site site) {
        return List.of("files", "private", "config/sync");
    }

    @Override
    public Map<String, String> environment(ApplicationRequest request, HostPath home) {
        return Map.of("AEGIR_SITE", request.site().id().value());
    }

    @Override
    public Optional<Pool.Cron> cron(ApplicationRequest request) {
        int minutes = request.site().settings().number("cron.minutes", 15);
        return Optional.of(new Pool.Cron(DrupalSite.of(request).cron(), minutes));
    }

    @Override
    public List<Step> deployed(CodeRequest request) {
        Name server = request.server().name();
        return List.of(new SitesDirectory.Dispatch(
                "drupal: make " + request.codebase().name() + " on " + server + " ready for sites",
                server,
                request.codebase().id(),
                request.root()));
    }

    @Override
    public List<Step> scan(CodeRequest request) {
        return List.of(ScanCode.of(request, ScanCode.Kind.DRUPAL));
    }

    @Override
    public List<Step> configure(ApplicationRequest request) {
        Name server = request.server().name();
        Id site = request.site().id();
        FileChange.Write cron = new FileChange.Write(
                DrupalSite.cronFile(request.home()),
                DrupalSite.of(request).cronText(),
                "0440",
                "root:" + request.workbench().account(),
                Optional.of(site));
        FileChange.Write interpreter = new FileChange.Write(
                DrupalSite.interpreterFile(request.home()),
                DrupalSite.of(request).interpreterText(),
                "0550",
                "root:" + request.workbench().account(),
                Optional.of(site));
        return List.of(
                new MakeSecret(
                        DrupalSite.salt(site),
                        "the hash salt of " + request.site().name()),
                ConfigChange.named(step(request, "settings"), server)
                        .change(DrupalSettings.file(request))
                        .change(cron)
                        .change(interpreter)
                        .build(),
                new SitesDirectory.Link(
                        step(request, "link the settings"), server, site, request.root(), request.home()));
    }

    @Override
    public List<Step> install(ApplicationRequest request) {
        Site site = request.site();
        Settings settings = site.settings();
        Map<String, String> arguments = Map.of(
                "title", settings.text("title").orElse(site.name().value()),
                "admin", settings.text("admin.name").orElse("admin"),
                "mail", settings.text("admin.mail").orElse("admin@" + site.name()),
                "profile", settings.text("profile").orElse("standard"),
                "locale", settings.text("locale").orElse("en"),
                "timezone", settings.text("timezone").orElse("UTC"));
        return List.of(new AskDrupal(step(request, "install"), DrupalSite.of(request), "install", arguments, LONG));
    }

    @Override
    public List<Step> remove(ApplicationRequest request) {
        Id site = request.site().id();
        return List.of(
                new SitesDirectory.Unlink(
                        step(request, "unlink the settings"),
                        request.server().name(),
                        site,
                        request.root(),
                        request.home()),
                new ForgetSecret(DrupalSite.salt(site)));
    }

    @Override
    public List<Step> verify(ApplicationRequest request) {
        DrupalSite drupal = DrupalSite.of(request);
        return List.of(
                new AskDrupal(step(request, "look"), drupal, "status", Map.of(), 0),
                new FindTool(step(request, "find what works on it"), drupal, DrupalTools.rebuilding(request)));
    }

    @Override
    public List<Step> update(ApplicationRequest request) {
        DrupalSite drupal = DrupalSite.of(request);
        return List.of(
                new UpdateDrupal(step(request, "update"), drupal, DrupalTools.updating(request)),
                new RebuildDrupal(step(request, "rebuild"), drupal, DrupalTools.rebuilding(request)),
                new DeployDrupal(step(request, "deploy hooks"), drupal, DrupalTools.updating(request)));
    }

    @Override
    public List<Step> packages(ApplicationRequest request) {
        return List.of(new ListDrupal(
                step(request, "list the modules"),
                DrupalSite.of(request),
                request.codebase().name()));
    }

    /** What it has compiled and cached knows other paths. */
    @Override
    public List<Step> imported(ApplicationRequest request) {
        return clearCaches(request);
    }

    @Override
    public List<Step> lookAt(RunningSite running, Site site) {
        return List.of(LookAtRunning.of(running, site, ScanCode.Kind.DRUPAL));
    }

    @Override
    public Map<String, String> brought(Site site) {
        return Map.of("files", "sites/default/files");
    }

    @Override
    public List<Step> loginLink(ApplicationRequest request, Optional<String> user) {
        return List.of(new MakeLoginLink(step(request, "login link"), DrupalSite.of(request), user));
    }

    @Override
    public List<Step> resetPassword(ApplicationRequest request, Optional<String> user) {
        String whose = user.orElse("first").replaceAll("[^A-Za-z0-9._-]", "-");
        SecretRef password = SecretRef.of("site/" + request.site().id() + "/drupal/password/" + whose);
        return List.of(new GivePassword(step(request, "new password"), DrupalSite.of(request), user, password));
    }

    @Override
    public List<Step> clearCaches(ApplicationRequest request) {
        return List.of(
                new RebuildDrupal(step(request, "rebuild"), DrupalSite.of(request), DrupalTools.rebuilding(request)));
    }

    @Override
    public List<Step> sanitise(ApplicationRequest request) {
        return List.of(new SanitiseDrupal(
                step(request, "sanitise"), DrupalSite.of(request), SanitisePolicy.of(request.site())));
    }

    @Override
    public List<Step> maintenance(ApplicationRequest request, boolean on) {
        return List.of(new AskDrupal(
                step(request, "maintenance " + (on ? "on" : "off")),
                DrupalSite.of(request),
                "maintenance",
                Map.of("on", Boolean.toString(on)),
                5));
    }

    private static String step(ApplicationRequest request, String what) {
        return "drupal: " + what + " (" + request.site().name() + " on "
                + request.server().name() + ")";
    }
}
