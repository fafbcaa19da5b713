// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import dev.aegir.engine.http.HostState.What;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.Workbench;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.RuntimeEngine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Runs PHP with php-fpm. Every site has an account, a directory and a pool of its own; what it has run regularly is a timer
 * of systemd. All pools are tested together before php-fpm reads them, so that one bad pool never stops the others, and each
 * is asked on the server itself before it counts.
 *
 * <p>The settings of a service, all of them optional:
 *
 * <ul>
 *   <li>{@code version} - the version of PHP as Debian names its packages ({@code 8.2}). Services of several versions go
 *       well together on one server; there is one service of a version.
 *   <li>{@code sites} - where the directories of the sites are ({@code /srv/aegir/sites}).
 *   <li>{@code web-account} - the account of the web server's workers, which alone may use the sockets and look into the
 *       directories ({@code www-data}).
 *   <li>{@code reload-timeout} - how many seconds a running request may go on when php-fpm reads its configuration again;
 *       new ones wait meanwhile ({@code 5}).
 *   <li>{@code set-id-programs} - whether sites may start programs that change their account, which the {@code sendmail} of
 *       Postfix and Exim needs ({@code false}).
 *   <li>{@code drift} - what to do about a file of ours that somebody else has changed: {@code overwrite} (which keeps it on
 *       the server), {@code keep} or {@code fail} ({@code overwrite}).
 * </ul>
 *
 * <p>The settings of a site's pool, all of them optional; there are no others:
 *
 * <ul>
 *   <li>{@code memory} - MB that a process may use ({@code 128}).
 *   <li>{@code processes} - how many there may be at once ({@code 5}).
 *   <li>{@code requests} - how many requests a process answers before it is replaced ({@code 500}).
 *   <li>{@code seconds} - how long a request may take ({@code 60}).
 *   <li>{@code upload} - MB that a request may bring along ({@code 32}).
 *   <li>{@code idle} - seconds after which a process without work ends ({@code 10}).
 *   <li>{@code input-vars} - how many variables a request may have ({@code 5000}).
 *   <li>{@code timezone} - such as {@code Europe/Berlin} ({@code UTC}).
 *   <li>{@code display-errors} - {@code on} or {@code off} ({@code off}); they are logged in the site's {@code logs} anyway.
 *   <li>{@code opcache} - {@code on} or {@code off} ({@code on}).
 *   <li>{@code egress} - {@code off} for a site whose code reaches nothing by a network: it has a php-fpm of its own in a network
 *       of its own, and so have its cron and its commands. Web server and database are reached by sockets of the file system
 *       ({@code on}).
 *   <li>{@code deploy} - accounts of the server, with commas between, which may write what the site's code may write, too:
 *       by access control lists, so that both own what they make (none).
 * </ul>
 *
 * <p>A site's {@code logs/php.log} of more than 10 MB is begun anew, and four old ones are kept; systemd looks every hour.
 *
 * <p>It needs Debian's packages php-fpm, acl and procps, and systemd; it installs nothing. Debian's pool {@code www}, which runs
 * everything as one account, is removed when the service is prepared.
 */
public final class PhpFpmEngine implements RuntimeEngine {
    /** For ServiceLoader. */
    public PhpFpmEngine() {}

    @Override
    public String name() {
        return "php-fpm";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(HostState.class, RunPhpCron.class);
    }

    @Override
    public HostPath home(ServiceRequest request, Id site) {
        return PhpSettings.of(request.settings()).sites().child(site.value());
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        PhpSettings settings = PhpSettings.of(request.settings());
        String where = where(request.server(), request.service());
        List<Step> steps = new ArrayList<>();
        steps.add(new HostState(
                "php-fpm: installed and started at boot on " + where,
                request.server().name(),
                What.SERVICE,
                List.of(
                        settings.unit(),
                        settings.version(),
                        settings.webAccount(),
                        settings.pools().value())));
        PhpPoolFile pool = PhpServerFiles.pool(settings);
        ConfigChange.Builder prepare = processes("php-fpm: prepare " + where, request.server(), settings);
        if (settings.drift() == DriftPolicy.OVERWRITE) {
            prepare.delete(PhpServerFiles.defaultPool(settings));
        }
        steps.add(prepare.write(settings.bootFile(), PhpServerFiles.boot(settings))
                .write(settings.dropIn(), PhpServerFiles.dropIn(settings))
                .write(settings.serverFile(), pool.content())
                .confirm(PhpCommands.confirm(
                        settings, settings.serverFile(), settings.serverSocket(), pool.generation()))
                .build());
        if (settings.drift() != DriftPolicy.OVERWRITE) {
            // Debian's, not ours, so it would always count as changed.
            steps.add(processes("php-fpm: remove the default pool of " + where, request.server(), settings)
                    .drift(DriftPolicy.OVERWRITE)
                    .delete(PhpServerFiles.defaultPool(settings))
                    .build());
        }
        steps.add(ConfigChange.named(
                        "php-fpm: keep the logs of sites short on " + where,
                        request.server().name())
                .drift(settings.drift())
                .write(settings.logUnit("service"), LogUnits.service(settings))
                .write(settings.logUnit("timer"), LogUnits.timer(settings))
                .check(PhpCommands.checkUnits(settings.logUnit("service"), settings.logUnit("timer")))
                .activate(PhpCommands.activateCron(settings))
                .build());
        return steps;
    }

    @Override
    public List<Step> ensure(EngineRequest<Pool> request) {
        Pool pool = request.resource();
        PhpPoolFile file = PhpPoolFile.of(pool, settings(request));
        List<Step> steps = new ArrayList<>(housing(request));
        steps.add(
                PhpLimits.of(pool.settings()).egress()
                        ? online("php-fpm: processes of " + of(request), request, file)
                        : offline("php-fpm: processes without a network of " + of(request), request, file));
        steps.add(pool.cron().map(cron -> cron(request, cron)).orElseGet(() -> noCron(request)));
        return steps;
    }

    @Override
    public List<Step> housing(EngineRequest<Pool> request) {
        PhpSettings settings = settings(request);
        Pool pool = request.resource();
        String of = of(request);
        List<String> home = new ArrayList<>(site(pool));
        home.add(settings.webAccount());
        home.add(String.join(",", deploying(pool, settings)));
        home.addAll(pool.writable());
        return List.of(new HostState(
                "php-fpm: account and directory of " + of, request.server().name(), What.HOUSING, home));
    }

    private static ConfigChange online(String name, EngineRequest<Pool> request, PhpPoolFile file) {
        PhpSettings settings = settings(request);
        Id site = request.resource().owner();
        return processes(name, request.server(), settings)
                .delete(settings.offlineUnit(site), site)
                .delete(settings.offlineFile(site), site)
                .write(settings.poolFile(site), file.content(), site)
                .confirm(PhpCommands.confirm(
                        settings, settings.poolFile(site), settings.socket(site), file.generation()))
                .build();
    }

    private static ConfigChange offline(String name, EngineRequest<Pool> request, PhpPoolFile file) {
        PhpSettings settings = settings(request);
        Id site = request.resource().owner();
        return processes(name, request.server(), settings)
                .delete(settings.poolFile(site), site)
                .write(settings.offlineFile(site), file.alone(), site)
                .write(settings.offlineUnit(site), PhpServerFiles.offlineUnit(request.resource(), file, settings), site)
                .check(PhpCommands.checkAlone(settings, settings.offlineFile(site)))
                .confirm(PhpCommands.confirm(
                        settings, settings.offlineFile(site), settings.socket(site), file.generation()))
                .confirm(PhpCommands.confirmOffline(settings.offlineUnit(site)))
                .build();
    }

    @Override
    public boolean holdsBack() {
        return true;
    }

    @Override
    public List<Step> stop(EngineRequest<Pool> request) {
        PhpSettings settings = settings(request);
        Pool pool = request.resource();
        return List.of(
                noCron(request),
                processes("php-fpm: no processes of " + of(request), request.server(), settings)
                        .delete(settings.poolFile(pool.owner()), pool.owner())
                        .delete(settings.offlineUnit(pool.owner()), pool.owner())
                        .delete(settings.offlineFile(pool.owner()), pool.owner())
                        .check(PhpCommands.idle(settings, settings.socket(pool.owner())))
                        .confirm(PhpCommands.gone(settings, settings.socket(pool.owner())))
                        .build());
    }

    /** {@inheritDoc} What the last step removes cannot be brought back, so it belongs behind a plan's commit point. */
    @Override
    public List<Step> remove(EngineRequest<Pool> request) {
        List<Step> steps = new ArrayList<>(stop(request));
        steps.add(new HostState(
                "php-fpm: no directory and account of " + of(request),
                request.server().name(),
                What.NO_HOME,
                site(request.resource())));
        return steps;
    }

    @Override
    public VirtualHost.Handler handler(EngineRequest<Pool> request) {
        PhpSettings settings = settings(request);
        return new VirtualHost.PhpFpm(
                settings.socket(request.resource().owner()),
                PhpLimits.of(request.resource().settings()).upload());
    }

    @Override
    public Workbench workbench(EngineRequest<Pool> request) {
        Pool pool = request.resource();
        return new Workbench(
                request.server().name(),
                pool.account(),
                pool.home(),
                pool.code(),
                settings(request).interpreter(),
                pool.environment(),
                !PhpLimits.of(pool.settings()).egress());
    }

    @Override
    public List<Step> runCron(EngineRequest<Pool> request) {
        Pool pool = request.resource();
        if (pool.cron().isEmpty()) {
            throw new RefusedException("The site " + pool.title() + " has nothing that is run regularly.");
        }
        return List.of(new RunPhpCron(
                "php-fpm: run cron of " + of(request),
                request.server().name(),
                settings(request).cronPrefix() + pool.owner()));
    }

    /** Not another site's account, which nobody gives access to, nor those that have theirs already. */
    private static List<String> deploying(Pool pool, PhpSettings settings) {
        List<String> accounts = PhpLimits.of(pool.settings()).deploy();
        for (String account : accounts) {
            if (account.equals("root")
                    || account.equals(settings.webAccount())
                    || account.matches("s[0-7][0-9a-z]{25}")) {
                throw new InvalidValueException("setting deploy", account, "name an account of a person or a program");
            }
        }
        return accounts;
    }

    private static ConfigChange cron(EngineRequest<Pool> request, Pool.Cron cron) {
        PhpSettings settings = settings(request);
        Pool pool = request.resource();
        return regularly("php-fpm: cron of " + of(request), request, settings)
                .write(
                        settings.cronUnit(pool.owner(), "service"),
                        CronUnits.service(pool, cron, settings),
                        pool.owner())
                .write(settings.cronUnit(pool.owner(), "timer"), CronUnits.timer(pool, cron, settings), pool.owner())
                .check(PhpCommands.checkUnits(
                        settings.cronUnit(pool.owner(), "service"), settings.cronUnit(pool.owner(), "timer")))
                .build();
    }

    private static ConfigChange noCron(EngineRequest<Pool> request) {
        PhpSettings settings = settings(request);
        Pool pool = request.resource();
        return regularly("php-fpm: no cron of " + of(request), request, settings)
                .delete(settings.cronUnit(pool.owner(), "timer"), pool.owner())
                .delete(settings.cronUnit(pool.owner(), "service"), pool.owner())
                .build();
    }

    private static ConfigChange.Builder regularly(String name, EngineRequest<Pool> request, PhpSettings settings) {
        return ConfigChange.named(name, request.server().name())
                .drift(settings.drift())
                .activate(PhpCommands.activateCron(settings));
    }

    private static ConfigChange.Builder processes(String name, Server server, PhpSettings settings) {
        return ConfigChange.named(name, server.name())
                .drift(settings.drift())
                .check(PhpCommands.check(settings))
                .activate(PhpCommands.activate(settings));
    }

    private static List<String> site(Pool pool) {
        return List.of(pool.account(), pool.home().value(), pool.owner().value());
    }

    /** The service's settings, with which the pool can be. */
    private static PhpSettings settings(EngineRequest<Pool> request) {
        Pool pool = request.resource();
        PhpSettings.plain("home", pool.home());
        if (!pool.home().name().equals(pool.owner().value())) {
            throw new InvalidValueException(
                    "home", pool.home().value(), "a site's own directory is called by its id, " + pool.owner());
        }
        return PhpSettings.of(request.settings());
    }

    private static String of(EngineRequest<Pool> request) {
        return request.resource().title() + " on " + where(request.server(), request.service());
    }

    /** The server, and the service where it is not the one that is called like its kind. */
    private static String where(Server server, Service service) {
        return service.name().equals(service.kind()) ? server.name().value() : server.name() + "/" + service.name();
    }
}
