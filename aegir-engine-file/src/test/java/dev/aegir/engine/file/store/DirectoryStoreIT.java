// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A directory of another server, which is reached over SSH, and where a disk is mounted or not. */
@Tag("lab")
@Timeout(120)
class DirectoryStoreIT {
    private static final String KEPT = "/srv/nas/aegir";
    private static LabVault vault;

    @TempDir
    Path home;

    private FileStoreGround ground;

    @BeforeAll
    static void connect() throws Exception {
        vault = new LabVault();
    }

    @AfterAll
    static void disconnect() {
        vault.close();
    }

    @BeforeEach
    void open() throws Exception {
        ground = new FileStoreGround(home, new DirectoryStoreEngine(), service(KEPT)).on(vault.host());
        ground.sh("mkdir a; for i in $(seq 40); do echo $i >a/$i; done; head -c 20000000 /dev/urandom >large;"
                + " find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
    }

    @AfterEach
    void close() {
        ground.close();
        vault.on("umount /srv/nas/aegir 2>/dev/null || :; rm -rf /srv/nas");
    }

    private static Service service(String directory) {
        return Service.of(ServiceKind.FILE, "directory").named("nas").with("directory", directory);
    }

    private static String on(String script) {
        return vault.on(script);
    }

    private static void fails(Problem problem, String why, ThrowingCallable call) {
        assertThatThrownBy(call)
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(problem));
    }

    private void same() throws Exception {
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));
    }

    @Test
    void nobodyElseCanLookIntoIt() throws Exception {
        ground.prepare();
        ground.store();
        same();
        assertThat(on("stat -c '%a %U' " + KEPT + "; find " + KEPT + " -perm /077"))
                .isEqualTo("700 root");
        String kept = KEPT + "/" + FileStoreGround.OWNER;
        on("n=$(find " + kept + "/objects -type f | head -n 1); echo half >$n.new");
        ground.sh("echo more >a/1");
        ground.store();
        assertThat(on("find " + kept + " -name '*.new'")).isEmpty();
        ground.forget();
        assertThat(on("ls -A " + KEPT)).isEqualTo(".aegir");
    }

    /** What is mounted elsewhere, or not at all, is not taken for a store that has nothing. */
    @Test
    void aStoreThatIsAwayHasNothingWrittenInItsPlace() throws Exception {
        ground.prepare();
        ground.store();
        on("mount -t tmpfs none " + KEPT);
        for (ThrowingCallable call : new ThrowingCallable[] {ground::store, ground::fetch, ground::forget}) {
            fails(Problem.UNREACHABLE, "is it mounted?", call);
        }
        assertThat(on("ls -A " + KEPT)).isEmpty();
        on("touch " + KEPT + "/somebodys");
        fails(Problem.REFUSED, "has no mark and is not empty", ground::prepare);
        on("rm " + KEPT + "/somebodys; echo 01JZZZZZZZZZZZZZZZZZZZZZZZ >" + KEPT + "/.aegir");
        fails(Problem.REFUSED, "bears the mark of another service", ground::prepare);
        fails(Problem.UNREACHABLE, "not that of this service", ground::store);
        on("umount " + KEPT);
        same();
    }

    @Test
    void aFullStoreHasWhatItHad() throws Exception {
        on("mkdir -p " + KEPT + " && mount -t tmpfs -o size=26m none " + KEPT);
        ground.prepare();
        ground.store();
        String before = FileStoreGround.look(ground.site());
        ground.sh("head -c 10000000 /dev/urandom >more");
        fails(Problem.FULL, "No space left", ground::store);
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(before);
        on("mount -o remount,size=60m " + KEPT);
        ground.store();
        same();
    }

    /** What prepares it takes back what it has made, and nothing else. */
    @Test
    void whatWasPreparedIsTakenBack() throws Exception {
        Server server = Server.at("vault", "local:");
        Step make = new DirectoryStoreEngine()
                .prepare(new ServiceRequest(server, service(KEPT)))
                .get(0);
        assertThat(make.preview(ground)).hasSize(1);
        make.run(ground);
        assertThat(make.preview(ground)).isEmpty();
        on("touch " + KEPT + "/precious");
        make.undo(ground);
        assertThat(on("ls -A " + KEPT)).isEqualTo(".aegir\nprecious");
        on("rm " + KEPT + "/precious");
        make.undo(ground);
        assertThat(on("ls -A /srv/nas")).isEmpty();
    }

    @Test
    void aDirectoryMustBeNamed() {
        Server server = Server.at("vault", "local:");
        Service without = Service.of(ServiceKind.FILE, "directory").named("nas");
        assertThatThrownBy(() -> new DirectoryStoreEngine().prepare(new ServiceRequest(server, without)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("/mnt/nas/aegir");
        for (String wrong : new String[] {"/srv", "relative", "/a/../b"}) {
            assertThatThrownBy(() -> new DirectoryStoreEngine().prepare(new ServiceRequest(server, service(wrong))))
                    .as(wrong)
                    .isInstanceOf(InvalidValueException.class);
        }
    }
}
