// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.scan.LookAtRunning;
import dev.aegir.engine.app.scan.ScanCode;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.RunningSite;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Any code in PHP. It finds the path of a file in the environment variable {@code AEGIR_SETTINGS}, in its processes as in its
 * scripts; the file says who the site is, where it may write, and how it reaches its database when it is bound to one, of
 * whatever protocol.
 *
 * <p>Settings of a site, all optional: {@code php.settings}, {@code php} for a file that returns an array or {@code json};
 * {@code php.writable}, the directories in the site's own that the code writes, with spaces between them ({@code files});
 * {@code php.mounts}, paths that are served from them, such as {@code /uploads=files}; and scripts of the code, by their paths
 * in its web root, which are run as the site's account and must end with 0: {@code php.install} once, {@code php.check} to prove
 * that it works, {@code php.update}, {@code php.clear-caches}, and {@code php.cron} every {@code php.cron.minutes} (5).
 */
public final class PhpApplication implements Application {
    private static final Duration LONG = Duration.ofMinutes(30);

    /** For ServiceLoader. */
    public PhpApplication() {}

    @Override
    public String name() {
        return "php";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(ScanCode.class, LookAtRunning.class);
    }

    @Override
    public List<Step> scan(CodeRequest request) {
        return List.of(ScanCode.of(request, ScanCode.Kind.COMPOSER));
    }

    @Override
    public List<Step> lookAt(RunningSite running, Site site) {
        return List.of(LookAtRunning.of(running, site, ScanCode.Kind.COMPOSER));
    }

    /** It writes to the same directories there. */
    @Override
    public Map<String, String> brought(Site site) {
        return importable(site).stream().distinct().collect(Collectors.toMap(each -> each, each -> each));
    }

    @Override
    public Set<ServiceKind<?>> needs(Site site) {
        return site.service(ServiceKind.DB).isPresent()
                ? Set.of(ServiceKind.RUNTIME, ServiceKind.DB)
                : Set.of(ServiceKind.RUNTIME);
    }

    @Override
    public VirtualHost.Handler handler(ApplicationRequest request) {
        request.workbench();
        return request.runtime().orElseThrow().handler();
    }

    @Override
    public List<VirtualHost.Mount> mounts(ApplicationRequest request) {
        List<VirtualHost.Mount> mounts = new ArrayList<>();
        for (String mount : words(request.site(), "php.mounts", "")) {
            int equal = mount.indexOf('=');
            String directory = mount.substring(equal + 1);
            if (equal < 1 || !writable(request.site()).contains(directory)) {
                throw new InvalidValueException(
                        "setting php.mounts", mount, "write it as /path=directory, one of php.writable");
            }
            mounts.add(new VirtualHost.Mount(
                    mount.substring(0, equal), request.home().resolve(directory)));
        }
        return mounts;
    }

    @Override
    public List<String> writable(Site site) {
        return words(site, "php.writable", "files");
    }

    @Override
    public Map<String, String> environment(ApplicationRequest request, HostPath home) {
        return Map.of("AEGIR_SETTINGS", PhpSettings.path(request.site(), home).value());
    }

    @Override
    public Optional<Pool.Cron> cron(ApplicationRequest request) {
        String php = request.workbench().interpreter().value();
        int minutes = request.site().settings().number("php.cron.minutes", 5);
        return script(request, "php.cron").map(path -> new Pool.Cron(List.of(php, path.value()), minutes));
    }

    @Override
    public List<Step> configure(ApplicationRequest request) {
        return List.of(ConfigChange.named(
                        "php: settings of " + request.site().name(),
                        request.server().name())
                .change(PhpSettings.file(request, writable(request.site())))
                .build());
    }

    @Override
    public List<Step> install(ApplicationRequest request) {
        return optional(request, "php.install", "install");
    }

    @Override
    public List<Step> verify(ApplicationRequest request) {
        return optional(request, "php.check", "check");
    }

    @Override
    public List<Step> update(ApplicationRequest request) {
        return declared(request, "php.update", "update the database of");
    }

    @Override
    public List<Step> clearCaches(ApplicationRequest request) {
        return declared(request, "php.clear-caches", "clear the caches of");
    }

    private static List<Step> declared(ApplicationRequest request, String setting, String what) {
        List<Step> steps = optional(request, setting, what);
        if (steps.isEmpty()) {
            throw new RefusedException(
                    "The site " + request.site().name() + " names no script for that; add the setting " + setting
                            + ", a path in the web root of its code.");
        }
        return steps;
    }

    private static List<Step> optional(ApplicationRequest request, String setting, String what) {
        Name server = request.server().name();
        return script(request, setting)
                .map(path -> List.<Step>of(RunCommand.of(
                        "php: " + what + " " + request.site().name(),
                        server,
                        request.workbench().interpret(path.value()).timeout(LONG))))
                .orElse(List.of());
    }

    private static Optional<HostPath> script(ApplicationRequest request, String setting) {
        return request.site()
                .settings()
                .text(setting)
                .map(path -> request.root().resolve(path));
    }

    private static List<String> words(Site site, String setting, String otherwise) {
        String text = site.settings().text(setting).orElse(otherwise).strip();
        return text.isEmpty() ? List.of() : List.of(text.split(" +"));
    }
}
