// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aegir.host.Applied;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.ConfigRejectedException.Phase;
import dev.aegir.host.DriftException;
import dev.aegir.host.FileState;
import dev.aegir.lab.Fingerprint;
import dev.aegir.model.Id;
import dev.aegir.model.Service;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.PosixHost;
import dev.aegir.task.ConfigChange;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever is wrong on the server: the change is refused, the server is as it was, and the message says why. */
@Tag("lab")
class NginxFailureIT {
    private static final String NAME = "docs.example.net";
    private static final String ROOT = "/srv/aegir/code/docs/tree/web";
    private static final String FILE = "/etc/nginx/aegir/sites/" + Samples.ID + ".conf";
    private static final VirtualHost BEFORE = Samples.site();
    private static final VirtualHost AFTER = Samples.named(BEFORE, List.of("new.example.net"), List.of());
    private static NginxLab lab;

    @BeforeAll
    static void open() throws IOException, InterruptedException {
        lab = NginxLab.open();
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @BeforeEach
    void prepare() throws InterruptedException {
        lab.reset();
        lab.prepare(Samples.NGINX);
        lab.page(ROOT, "the documentation");
        lab.publish(BEFORE);
    }

    @Test
    void aMistakeInANeighbouringFile() throws Exception {
        write("/etc/nginx/conf.d/by-hand.conf", "server { this is no nginx configuration\n");
        ConfigRejectedException refused = refusedAndPutBack(Phase.CHECK, AFTER, Samples.NGINX);
        assertThat(refused)
                .hasMessageContaining("/etc/nginx/conf.d/by-hand.conf")
                .hasMessageContaining("web1");
    }

    @Test
    void aPortThatAnotherProgramHas() throws Exception {
        lab.machine()
                .exec("systemd-run", "--unit=other", "python3", "-m", "http.server", "8099")
                .orThrow();
        lab.machine()
                .exec("sh", "-c", "until curl -s -o /dev/null http://127.0.0.1:8099/; do sleep 0.05; done")
                .orThrow();
        ConfigRejectedException refused =
                refusedAndPutBack(Phase.ACTIVATE, AFTER, Samples.NGINX.with("listen", "80, 8099"));
        assertThat(refused).hasMessageContaining("bind() to 0.0.0.0:8099 failed (98: Address already in use)");
        // The next one is not disturbed by what the last one left in nginx's log.
        lab.publish(AFTER);
        assertThat(lab.get("new.example.net", "/").body()).isEqualTo("the documentation");
    }

    @Test
    void nginxDoesNotRun() throws Exception {
        lab.machine().exec("systemctl", "stop", "nginx").orThrow();
        Fingerprint before = lab.machine().fingerprint("/etc");
        ConfigRejectedException refused = refused(AFTER, Samples.NGINX);
        assertThat(refused.phase()).isEqualTo(Phase.CONFIRM);
        assertThat(refused.restored()).isTrue();
        assertThat(refused).hasMessageContaining("systemctl start nginx");
        assertThat(lab.machine().fingerprint("/etc").differencesFrom(before)).isEmpty();
        // What shall not be there can be taken away all the same.
        assertThat(lab.withdraw(BEFORE).changed()).hasSize(1);
        lab.machine().exec("systemctl", "start", "nginx").orThrow();
        assertThat(lab.machine()
                        .exec("stat", "-c", "%a", "/run/nginx.pid")
                        .stdout()
                        .strip())
                .isEqualTo("644");
    }

    @Test
    void nginxIsNotInstalled() throws Exception {
        lab.machine().exec("mv", "/usr/sbin/nginx", "/usr/sbin/nginx.away").orThrow();
        try {
            assertThat(refused(AFTER, Samples.NGINX))
                    .hasMessageContaining("nginx is not installed on this server")
                    .hasMessageContaining("install=true");
        } finally {
            lab.machine().exec("mv", "/usr/sbin/nginx.away", "/usr/sbin/nginx").orThrow();
        }
    }

    @Test
    void aRootThatLeadsOutOfTheRelease() throws Exception {
        lab.machine()
                .exec("sh", "-c", "mv \"$1\" /srv/elsewhere && ln -s /srv/elsewhere \"$1\"", "sh", ROOT)
                .orThrow();
        refusedAndPutBack(Phase.CONTAINMENT, AFTER, Samples.NGINX);
    }

    @Test
    void aRootThatIsNotThere() throws Exception {
        lab.machine().exec("rm", "-r", ROOT).orThrow();
        ConfigRejectedException refused = refused(AFTER, Samples.NGINX);
        assertThat(refused.phase()).isEqualTo(Phase.CONTAINMENT);
        assertThat(refused).hasMessageContaining(ROOT);
    }

    @Test
    void anotherFileHasTheName() throws Exception {
        write(
                "/etc/nginx/conf.d/a-first.conf",
                "server { listen 80; server_name other.example.net; return 200 hand; }\n");
        lab.machine().reloadNginx();
        VirtualHost taken = Samples.as(Id.next(), "other.example.net");
        ConfigRejectedException refused = refused(taken, Samples.NGINX);
        assertThat(refused.phase()).isEqualTo(Phase.CONFIRM);
        assertThat(refused.restored()).isTrue();
        assertThat(refused).hasMessageContaining("Another file may serve that name");
        assertThat(lab.get("other.example.net", "/").body()).isEqualTo("hand");
    }

    @Test
    void theServiceWasNeverPrepared() throws Exception {
        lab.reset();
        lab.page(ROOT, "the documentation");
        ConfigRejectedException refused = refused(AFTER, Samples.NGINX);
        assertThat(refused.phase()).isEqualTo(Phase.CONFIRM);
        assertThat(lab.machine().exists("/etc/nginx/aegir")).isFalse();
    }

    @Test
    void aFileThatIsAnothersIsNotTouched() throws Exception {
        write(FILE, "# somebody else's\n");
        ConfigRejectedException refused = refused(AFTER, Samples.NGINX);
        assertThat(refused.phase()).isEqualTo(Phase.OWNERSHIP);
        assertThat(lab.machine().file(FILE)).isEqualTo("# somebody else's\n");
        assertThatThrownBy(() -> lab.withdraw(BEFORE)).isInstanceOf(ConfigRejectedException.class);
        assertThat(lab.machine().file(FILE)).isEqualTo("# somebody else's\n");
    }

    @Test
    void aChangeByHandIsWrittenOver() throws Exception {
        byHand();
        Applied applied = lab.publish(BEFORE);
        assertThat(applied.drifted()).hasSize(1);
        assertThat(applied.drifted().get(0).present().orElseThrow()).contains("by hand");
        assertThat(lab.machine().file(FILE)).doesNotContain("by hand");
    }

    @Test
    void aChangeByHandIsKept() throws Exception {
        byHand();
        Service keep = Samples.NGINX.with("drift", "keep");
        Applied applied = lab.publish(AFTER, keep);
        assertThat(applied.changed()).isEmpty();
        assertThat(applied.drifted()).hasSize(1);
        assertThat(lab.machine().file(FILE)).contains("by hand");

        // Together with another site, whose file is nobody else's.
        ConfigChange both = ConfigChange.merged(
                "both",
                List.of(lab.publishing(Samples.as(Id.next(), "other.example.net"), keep), lab.publishing(AFTER, keep)));
        assertThat(lab.apply(both).changed()).hasSize(1);
        assertThat(lab.get("other.example.net", "/").body()).isEqualTo("the documentation");
        assertThat(lab.machine().file(FILE)).contains("by hand");
    }

    @Test
    void aChangeByHandStopsEverything() throws Exception {
        byHand();
        Service fail = Samples.NGINX.with("drift", "fail");
        ConfigChange change = lab.publishing(AFTER, fail);
        List<FileState> states = lab.host().files().compare(change.change().files());
        assertThat(states).hasSize(1);
        assertThat(states.get(0).drifted()).isTrue();
        assertThatThrownBy(() -> lab.apply(change))
                .isInstanceOf(DriftException.class)
                .hasMessageContaining(FILE);
        assertThat(lab.machine().file(FILE)).contains("by hand");
    }

    @Test
    void aServerCanBePreparedWhateverThePolicy() throws Exception {
        for (String policy : List.of("keep", "fail")) {
            lab.reset();
            assertThat(lab.machine().exists("/etc/nginx/sites-enabled/default")).isTrue();
            lab.prepare(Samples.NGINX.with("drift", policy));
            assertThat(lab.get("somebody.example.net", "/").status()).isEqualTo(404);
            assertThat(lab.machine().exists("/etc/nginx/sites-enabled/default")).isFalse();
        }
    }

    @Test
    void whatWasDoneIsUndone() throws Exception {
        Fingerprint before = lab.machine().fingerprint("/etc");
        ConfigChange change = lab.publishing(AFTER, Samples.NGINX);
        String key = lab.nextKey();
        lab.host().files().apply(key, change.change());
        assertThat(lab.get("new.example.net", "/").status()).isEqualTo(200);
        assertThat(lab.host().files().revert(key, change.change())).isTrue();
        assertThat(lab.machine().fingerprint("/etc").differencesFrom(before)).isEmpty();
        assertThat(lab.get("new.example.net", "/").status()).isEqualTo(404);
        assertThat(lab.get(NAME, "/").body()).isEqualTo("the documentation");
    }

    @Test
    void whatIsSoAlreadyIsLeftAloneInOneRoundTrip() throws Exception {
        String workers = workers();
        long requests = requests();
        Applied applied = lab.publish(BEFORE);
        assertThat(applied.changed()).isEmpty();
        assertThat(applied.drifted()).isEmpty();
        assertThat(requests() - requests).isEqualTo(1);
        assertThat(workers()).isEqualTo(workers);
    }

    @Test
    void aChangeTakesTwoRoundTrips() throws Exception {
        long requests = requests();
        assertThat(lab.publish(AFTER).changed()).hasSize(1);
        assertThat(requests() - requests).isEqualTo(2);
    }

    private static long requests() {
        return ((PosixHost) lab.host()).requests();
    }

    private void byHand() {
        lab.machine().exec("sh", "-c", "echo '# by hand' >>\"$1\"", "sh", FILE).orThrow();
    }

    private static String workers() {
        return lab.machine().exec("pgrep", "-x", "-f", "nginx: worker process").stdout();
    }

    private static void write(String path, String text) {
        lab.machine().execWithInput(text, "tee", path).orThrow();
    }

    private static ConfigRejectedException refused(VirtualHost site, Service service) {
        return catchThrowableOfType(ConfigRejectedException.class, () -> lab.publish(site, service));
    }

    private static ConfigRejectedException refusedAndPutBack(Phase phase, VirtualHost site, Service service)
            throws IOException {
        Fingerprint before = lab.machine().fingerprint("/etc", "/srv");
        ConfigRejectedException refused = refused(site, service);
        assertThat(refused.phase()).isEqualTo(phase);
        assertThat(refused.restored()).as(refused.getMessage()).isTrue();
        assertThat(lab.machine().fingerprint("/etc", "/srv").differencesFrom(before))
                .isEmpty();
        assertThat(lab.get("new.example.net", "/").status()).isEqualTo(404);
        assertThat(lab.machine().file(FILE)).contains("server_name " + NAME + ";");
        return refused;
    }
}
