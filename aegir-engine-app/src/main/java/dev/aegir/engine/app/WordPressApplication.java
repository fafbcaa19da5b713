// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.copy.SanitisePolicy;
import dev.aegir.engine.app.scan.LookAtRunning;
import dev.aegir.engine.app.scan.ScanCode;
import dev.aegir.model.DomainName;
import dev.aegir.model.Environment;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.RunningSite;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.SiteState;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.ForgetSecret;
import dev.aegir.task.MakeSecret;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * WordPress, 6.1 and later, on PHP 8.1 and later, in MySQL or MariaDB. All sites of a codebase share its code, which none of
 * them can write; what differs is in a settings file of each site's own, and uploads lie in its own directory. One small file,
 * {@code wp-config.php}, is put beside the web root; code that brings a {@code wp-config.php} of its own is refused.
 *
 * <p>Settings of a site: {@code scheme} ({@code http}, or {@code https} when that is how people reach it); and for its
 * installation {@code title} (the site's name), {@code admin.name} ({@code admin}), {@code admin.mail} ({@code admin@} the
 * site's name), {@code locale} ({@code en_US}; others must be in the codebase). Only production sites invite search engines. A
 * site whose setting {@code mail} is {@code off} sends none; {@code sanitise.keep} lists the addresses that a sanitised copy
 * keeps, {@code sanitise.empty} the tables and {@code sanitise.forget} the options that it loses, as names or as what they begin with
 * before a star.
 *
 * <p>A program of ours does all that is needed here, as the site's account and without the network. Where wp-cli is there, in the
 * codebase or on the server, it updates the database and empties the object cache, because plugins hook into it; what has come of
 * that our own program says. The site's setting {@code tool} is {@code auto} for that, {@code wp-cli} where nothing shall be done
 * without it, or {@code runner} where it shall not be used; {@code tool.path} says where else it is.
 */
public final class WordPressApplication implements Application {
    private static final int CRON_MINUTES = 5;

    /** For ServiceLoader. */
    public WordPressApplication() {}

    @Override
    public String name() {
        return "wordpress";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(
                AcceptWordPress.class,
                LeaveWordPress.class,
                InstallWordPress.class,
                LookAtWordPress.class,
                ListWordPress.class,
                UpdateWordPress.class,
                LinkIntoWordPress.class,
                ResetWordPressPassword.class,
                ClearWordPress.class,
                NameWordPressTables.class,
                RenameWordPress.class,
                SanitiseWordPress.class,
                ScanCode.class,
                LookAtRunning.class);
    }

    @Override
    public List<Step> scan(CodeRequest request) {
        return List.of(ScanCode.of(request, ScanCode.Kind.WORDPRESS));
    }

    @Override
    public Set<ServiceKind<?>> needs(Site site) {
        return Set.of(ServiceKind.RUNTIME, ServiceKind.DB);
    }

    @Override
    public List<Step> deployed(CodeRequest request) {
        Name server = request.server().name();
        return List.of(new AcceptWordPress(
                "wordpress: look at " + request.codebase().name() + " on " + server,
                server,
                request.release().path(),
                request.root()));
    }

    @Override
    public List<Step> withdrawn(CodeRequest request) {
        Name server = request.server().name();
        return List.of(new LeaveWordPress(
                "wordpress: leave " + request.codebase().name() + " on " + server,
                server,
                request.codebase().id(),
                request.root()));
    }

    @Override
    public VirtualHost.Handler handler(ApplicationRequest request) {
        request.workbench();
        return request.runtime().orElseThrow().handler();
    }

    @Override
    public List<VirtualHost.Mount> mounts(ApplicationRequest request) {
        return List.of(new VirtualHost.Mount("/wp-content/uploads", WordPressSettings.files(request.home())));
    }

    @Override
    public List<String> writable(Site site) {
        return List.of("files");
    }

    @Override
    public Map<String, String> environment(ApplicationRequest request, HostPath home) {
        return Map.of("AEGIR_SETTINGS", WordPressSettings.path(home).value());
    }

    @Override
    public Optional<Pool.Cron> cron(ApplicationRequest request) {
        String php = request.workbench().interpreter().value();
        String script = request.root().child("wp-cron.php").value();
        return Optional.of(new Pool.Cron(List.of(php, script), CRON_MINUTES));
    }

    @Override
    public List<Step> configure(ApplicationRequest request) {
        Site site = request.site();
        return List.of(
                new MakeSecret(WordPressSettings.salts(site), "the cookies of " + site.name()),
                ConfigChange.named(
                                "wordpress: settings of " + site.name(),
                                request.server().name())
                        .change(WordPressSettings.file(request))
                        .build());
    }

    @Override
    public List<Step> install(ApplicationRequest request) {
        Site site = request.site();
        Map<String, String> arguments = Map.of(
                "title", site.settings().text("title").orElse(site.name().value()),
                "user", administrator(site),
                "mail",
                        checked(
                                site,
                                "admin.mail",
                                "admin@" + site.name(),
                                "[^@\\s<>\"']{1,64}@[A-Za-z0-9.-]{1,190}",
                                "write one address, such as ann@example.net"),
                "locale",
                        checked(
                                site,
                                "locale",
                                "en_US",
                                "[a-z]{2,3}(_[A-Za-z0-9]{2,12}){0,2}",
                                "write it as en_US or de_DE_formal"),
                "public", site.environment() == Environment.PRODUCTION ? "1" : "0");
        return List.of(new InstallWordPress(WordPressSite.of(request), arguments));
    }

    private static String administrator(Site site) {
        return checked(
                site,
                "admin.name",
                "admin",
                "[A-Za-z0-9_.@-][A-Za-z0-9 _.@-]{0,58}[A-Za-z0-9_.@-]|[A-Za-z0-9]",
                "letters, digits, spaces and _ . @ -, at most 60");
    }

    private static String checked(Site site, String setting, String otherwise, String pattern, String hint) {
        String value = site.settings().text(setting).orElse(otherwise);
        if (!value.matches(pattern)) {
            throw new InvalidValueException("setting " + setting, value, hint);
        }
        return value;
    }

    @Override
    public List<Step> remove(ApplicationRequest request) {
        Site site = request.site();
        return List.of(
                new ForgetSecret(WordPressSettings.salts(site)),
                new ForgetSecret(ResetWordPressPassword.secret(site.id(), administrator(site))));
    }

    @Override
    public List<Step> verify(ApplicationRequest request) {
        return List.of(new LookAtWordPress(WordPressSite.of(request), WpCli.of(request)));
    }

    @Override
    public List<Step> packages(ApplicationRequest request) {
        return List.of(
                new ListWordPress(WordPressSite.of(request), request.codebase().name()));
    }

    @Override
    public List<Step> update(ApplicationRequest request) {
        return List.of(new UpdateWordPress(WordPressSite.of(request), WpCli.of(request)));
    }

    @Override
    public List<Step> loginLink(ApplicationRequest request, Optional<String> user) {
        Site site = request.site();
        if (site.state() != SiteState.ENABLED) {
            throw new RefusedException("Nobody can log in to the site " + site.name() + " while it is not enabled.");
        }
        return List.of(new LinkIntoWordPress(WordPressSite.of(request), WordPressSettings.url(site), user));
    }

    @Override
    public List<Step> resetPassword(ApplicationRequest request, Optional<String> user) {
        return List.of(new ResetWordPressPassword(WordPressSite.of(request), user));
    }

    @Override
    public List<Step> clearCaches(ApplicationRequest request) {
        return List.of(new ClearWordPress(WordPressSite.of(request), WpCli.of(request)));
    }

    @Override
    public List<Step> loaded(ApplicationRequest request) {
        return List.of(new NameWordPressTables(WordPressSite.of(request)));
    }

    @Override
    public List<Step> imported(ApplicationRequest request) {
        return clearCaches(request);
    }

    @Override
    public List<Step> lookAt(RunningSite running, Site site) {
        return List.of(LookAtRunning.of(running, site, ScanCode.Kind.WORDPRESS));
    }

    @Override
    public Map<String, String> brought(Site site) {
        return Map.of("files", "wp-content/uploads");
    }

    @Override
    public List<Step> rename(ApplicationRequest request, DomainName former) {
        return List.of(new RenameWordPress(WordPressSite.of(request), former, WordPressSettings.url(request.site())));
    }

    @Override
    public List<Step> sanitise(ApplicationRequest request) {
        return List.of(new SanitiseWordPress(WordPressSite.of(request), SanitisePolicy.of(request.site())));
    }
}
