// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.DriftPolicy;
import dev.aegir.host.Workbench;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Service;
import dev.aegir.model.Settings;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a site and its service become in the files of php-fpm and systemd. */
class PhpFilesTest {
    private static final PhpSettings DEFAULTS = PhpSettings.of(Settings.none());
    private static final PhpFpmEngine ENGINE = new PhpFpmEngine();

    @Test
    void aPool() {
        PhpPoolFile file = PhpPoolFile.of(PhpSamples.pool(), DEFAULTS);
        assertThat(file.content()).isEqualTo(Scripts.resource("pool.conf"));
        assertThat(file.content()).contains("ping.response = '" + file.generation() + "'");
    }

    @Test
    void theServiceItself() {
        assertThat(PhpServerFiles.pool(DEFAULTS).content()).isEqualTo(Scripts.resource("pool-none.conf"));
        assertThat(PhpServerFiles.boot(DEFAULTS))
                .isEqualTo("# Written by Aegir, which finds changes made here.\n"
                        + "d /run/aegir-php8.2 0750 root www-data -\nd /srv/aegir/sites 0711 root root -\n");
        assertThat(PhpServerFiles.dropIn(DEFAULTS)).contains("\nNoNewPrivileges=yes\n", "\nRestart=on-failure\n");
        PhpSettings mail = PhpSettings.of(Settings.none().with("set-id-programs", "true"));
        assertThat(PhpServerFiles.dropIn(mail)).contains("\nNoNewPrivileges=no\n");
    }

    @Test
    void aCron() {
        Pool pool = PhpSamples.running(PhpSamples.pool(), "/usr/bin/php8.2", "-r", "echo \"50% of $x\";");
        Pool.Cron cron = pool.cron().orElseThrow();
        assertThat(CronUnits.service(pool, cron, DEFAULTS)).isEqualTo(Scripts.resource("cron.service"));
        assertThat(CronUnits.timer(pool, cron, DEFAULTS)).isEqualTo(Scripts.resource("cron.timer"));
    }

    @Test
    void sitesAreSpread() {
        Pool.Cron cron = new Pool.Cron(List.of("/bin/true"), 1440);
        long different = java.util.stream.Stream.generate(Id::next)
                .limit(100)
                .map(id -> CronUnits.timer(PhpSamples.pool(id, "x"), cron, DEFAULTS)
                        .replace(id.value(), ""))
                .distinct()
                .count();
        assertThat(different).isGreaterThan(50);
    }

    @Test
    void otherSettings() {
        Settings settings = Settings.of(Map.of(
                "version",
                "8.4",
                "sites",
                "/home/sites",
                "web-account",
                "nginx",
                "reload-timeout",
                "0",
                "drift",
                "keep"));
        PhpSettings all = PhpSettings.of(settings);
        assertThat(all.drift()).isEqualTo(DriftPolicy.KEEP);
        assertThat(all.program()).isEqualTo(HostPath.of("/usr/sbin/php-fpm8.4"));
        Pool p = PhpSamples.pool();
        Pool elsewhere = new Pool(
                p.owner(),
                p.title(),
                p.account(),
                HostPath.of("/home/sites/" + p.owner()),
                p.code(),
                p.writable(),
                p.environment(),
                Settings.of(Map.of("display-errors", "on", "opcache", "off", "upload", "100", "processes", "50")),
                p.cron());
        assertThat(PhpPoolFile.of(elsewhere, all).content())
                .contains(
                        "listen = '/run/aegir-php8.4/" + Samples.ID + ".sock'\n",
                        "listen.owner = 'nginx'\n",
                        "pm.max_children = 50\n",
                        "php_admin_value['display_errors'] = '1'\n",
                        "php_admin_value['opcache.enable'] = '0'\n",
                        "php_admin_value['upload_max_filesize'] = '100M'\n");
        assertThat(CronUnits.service(elsewhere, p.cron().orElseThrow(), all)).contains("\nProtectHome=no\n");
    }

    @ParameterizedTest
    @CsvSource({
        "version, 8", "version, ../8.2", "version, 8.2x", "web-account, root", "web-account, a b", "sites, /srv/a b",
        "sites, /", "reload-timeout, -1", "reload-timeout, 301", "drift, none", "set-id-programs, yes", "unknown, x"
    })
    void settingsThatAreRefused(String name, String value) {
        assertThatThrownBy(() -> PhpSettings.of(Settings.none().with(name, value)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({
        "memory, 15",
        "memory, 128M",
        "memory, 65537",
        "processes, 0",
        "requests, 0",
        "seconds, 3601",
        "upload, 0",
        "idle, 0",
        "input-vars, 1",
        "timezone, ../x",
        "timezone, Europe/",
        "display-errors, yes",
        "opcache, 1",
        "egress, no",
        "auto-prepend-file, x",
        "php-admin-value, x",
        "disable-functions, x",
        "extension, x"
    })
    void limitsThatAreRefused(String name, String value) {
        assertThatThrownBy(() -> PhpLimits.of(Settings.none().with(name, value)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining(name);
    }

    @Test
    void aHomeIsCalledByItsId() {
        Pool p = PhpSamples.pool();
        Pool other = new Pool(
                p.owner(),
                p.title(),
                p.account(),
                HostPath.of("/srv/aegir/sites"),
                p.code(),
                p.writable(),
                p.environment(),
                p.settings(),
                p.cron());
        assertThatThrownBy(() -> ENGINE.ensure(request(other)))
                .isInstanceOf(InvalidValueException.class)
                .hasMessageContaining(Samples.ID.value());
        assertThatThrownBy(() -> ENGINE.remove(request(other))).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void howOthersReachIt() {
        EngineRequest<Pool> request =
                request(PhpSamples.with(PhpSamples.pool(), Settings.none().with("upload", "64")));
        assertThat(ENGINE.handler(request))
                .isEqualTo(new VirtualHost.PhpFpm(HostPath.of("/run/aegir-php8.2/" + Samples.ID + ".sock"), 64));
        Workbench workbench = ENGINE.workbench(request);
        assertThat(workbench.interpret("x").words()).containsExactly("/usr/bin/php8.2", "x");
        assertThat(workbench.command("id").user()).contains(Samples.ID.account());
        assertThat(workbench.environment()).isEqualTo(Map.of("APP_ENV", "production"));
        Service service = PhpSamples.PHP.with("sites", "/srv/x");
        assertThat(ENGINE.home(new ServiceRequest(Samples.WEB1.offering(service), service), Samples.ID))
                .isEqualTo(HostPath.of("/srv/x/" + Samples.ID));
    }

    @Test
    void whatItPlans() {
        EngineRequest<Pool> request = request(PhpSamples.pool());
        assertThat(names(ENGINE.prepare(new ServiceRequest(request.server(), request.service()))))
                .containsExactly(
                        "php-fpm: installed and started at boot on web1",
                        "php-fpm: prepare web1",
                        "php-fpm: keep the logs of sites short on web1");
        assertThat(names(ENGINE.ensure(request)))
                .containsExactly(
                        "php-fpm: account and directory of docs.example.net on web1",
                        "php-fpm: processes of docs.example.net on web1",
                        "php-fpm: cron of docs.example.net on web1");
        assertThat(ENGINE.housing(request))
                .hasSize(1)
                .isEqualTo(ENGINE.ensure(request).subList(0, 1));
        assertThat(names(ENGINE.stop(request)))
                .containsExactly(
                        "php-fpm: no cron of docs.example.net on web1",
                        "php-fpm: no processes of docs.example.net on web1");
        assertThat(names(ENGINE.remove(request)))
                .endsWith("php-fpm: no directory and account of docs.example.net on web1");
        assertThat(names(ENGINE.runCron(request))).containsExactly("php-fpm: run cron of docs.example.net on web1");
        EngineRequest<Pool> quiet = request(PhpSamples.running(PhpSamples.pool(), Optional.empty()));
        assertThatThrownBy(() -> ENGINE.runCron(quiet)).isInstanceOf(RefusedException.class);
        Service keeping = PhpSamples.PHP.named("php-84").with("drift", "keep");
        assertThat(names(ENGINE.prepare(new ServiceRequest(Samples.WEB1.offering(keeping), keeping))))
                .hasSize(4)
                .allMatch(name -> name.contains("web1/php-84"));
    }

    @Test
    void aSiteWithoutANetwork() {
        Pool pool = PhpSamples.with(PhpSamples.pool(), Settings.none().with("egress", "off"));
        Pool other = PhpSamples.with(PhpSamples.pool(), Settings.none());
        PhpPoolFile file = PhpPoolFile.of(pool, DEFAULTS);
        // So that it is never taken for the one that has a network.
        assertThat(file.generation())
                .isNotEqualTo(PhpPoolFile.of(other, DEFAULTS).generation());
        assertThat(file.alone()).startsWith("[global]\nerror_log = syslog\ndaemonize = no\n; Aegir site " + Samples.ID);
        String unit = PhpServerFiles.offlineUnit(pool, file, DEFAULTS);
        assertThat(unit.lines())
                .contains(
                        "# Aegir site " + Samples.ID,
                        "ExecStart=/usr/sbin/php-fpm8.2 --nodaemonize --fpm-config /etc/php/8.2/fpm/pool.d/aegir-"
                                + Samples.ID + ".offline",
                        "NoNewPrivileges=yes",
                        "RestrictAddressFamilies=AF_UNIX",
                        "RestrictNamespaces=yes",
                        "IPAddressDeny=any",
                        "PrivateNetwork=yes",
                        "InaccessiblePaths=-/run/dbus -/run/systemd/resolve -/run/nscd -/run/avahi-daemon");
        PhpSettings mail = PhpSettings.of(Settings.none().with("set-id-programs", "true"));
        assertThat(PhpServerFiles.offlineUnit(pool, file, mail).lines())
                .contains("NoNewPrivileges=yes", "RestrictAddressFamilies=AF_UNIX")
                .doesNotContain("NoNewPrivileges=no");
        Pool.Cron cron = new Pool.Cron(List.of("/bin/true"), 5);
        assertThat(CronUnits.service(pool, cron, mail).lines()).contains("PrivateNetwork=yes", "NoNewPrivileges=yes");
        assertThat(CronUnits.service(other, cron, DEFAULTS)).doesNotContain("PrivateNetwork");
        assertThat(names(ENGINE.ensure(request(pool))))
                .contains("php-fpm: processes without a network of docs.example.net on web1");
        Workbench workbench = ENGINE.workbench(request(pool));
        assertThat(workbench.offline()).isTrue();
        assertThat(workbench.interpret("x").user()).isEmpty();
        assertThat(workbench.interpret("x").words()).startsWith("unshare", "--net", "--mount", "--", "sh", "-c");
        assertThat(workbench.interpret("x").words()).endsWith(Samples.ID.account(), "/usr/bin/php8.2", "x");
        assertThat(workbench.interpret("x").environment())
                .containsEntry("HOME", pool.home().value());
        assertThat(ENGINE.holdsBack()).isTrue();
    }

    private static EngineRequest<Pool> request(Pool pool) {
        return PhpSamples.request(pool, Samples.WEB1, PhpSamples.PHP);
    }

    private static List<String> names(List<Step> steps) {
        return steps.stream().map(Step::name).toList();
    }
}
