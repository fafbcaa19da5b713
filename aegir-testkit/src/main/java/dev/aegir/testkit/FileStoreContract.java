// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.AegirException;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Tree;
import dev.aegir.spi.FileStore;
import dev.aegir.spi.VersionedFileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every store of files must keep, as tests on a real store and real directories of this machine: what comes back is what was
 * stored, to the byte and the nanosecond; only what has changed is sent; whatever breaks, the store has what it had.
 *
 * <p>It needs {@code sh}, {@code find}, {@code tar} and {@code touch} of GNU here, as every Debian has them.
 */
@ExtendWith(TimeLimit.class)
public abstract class FileStoreContract {
    private static final Id OTHER = Id.of("01JF1KES000000000000000002");
    private static final int LARGE = 9 << 20;
    private static final int MOST_CALLS = 40;

    @TempDir
    Path home;

    private Optional<FileStoreGround> opened = Optional.empty();

    /** For subclasses. */
    protected FileStoreContract() {}

    /**
     * The engine under test, with a store that has nothing: a new one for each test.
     *
     * @param directory a directory that is empty and deleted after the test
     * @return the engine and its service, made with {@link FileStoreGround#FileStoreGround}, with the secrets it needs
     * @throws Exception when it cannot be had
     */
    protected abstract FileStoreGround open(Path directory) throws Exception;

    /**
     * The engine under test.
     *
     * @return a new engine
     */
    protected abstract FileStore engine();

    /**
     * How long a test may take before it counts as hanging.
     *
     * @return the time; five minutes
     */
    protected Duration timeLimit() {
        return Duration.ofMinutes(5);
    }

    @BeforeEach
    void begin() throws Exception {
        FileStoreGround ground = open(home);
        opened = Optional.of(ground);
        ground.prepare();
        ground.prepare();
        ground.sh(
                "mkdir -p a/b empty; for i in $(seq 9); do echo $i >a/$i; done; printf x >'a/-e'; : >none; ln -s 1 a/link;"
                        + " echo same >a/b/one; echo same >a/b/two; chmod 640 a/2; chmod 750 a/3 a/b; head -c " + LARGE
                        + " /dev/urandom >large; " + old());
    }

    private static String old() {
        return "find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +";
    }

    @AfterEach
    void end() {
        opened.ifPresent(FileStoreGround::close);
    }

    private FileStoreGround ground() {
        return opened.orElseThrow();
    }

    private void same() throws Exception {
        assertEquals(FileStoreGround.look(ground().site()), FileStoreGround.look(ground().copy()));
    }

    @Test
    void whatIsStoredComesBack() throws Exception {
        assertTrue(ground().store() >= LARGE, "all is sent, and that is said");
        assertEquals(14, ground().fetch(), "how many files came");
        same();
        assertEquals(0, ground().fetch(), "what is there is not brought again");
        same();
    }

    /** Names are bytes, and mean nothing to anybody. */
    @Test
    void namesAreBytes() throws Exception {
        ground().sh("mkdir -p .git/hooks '%2Egit' 'GIT~1' 'a b'; printf '#!/bin/sh\\nexit 1\\n' >.git/hooks/pre-commit;"
                + " chmod 755 .git/hooks/pre-commit; echo '* filter=evil export-ignore' >.gitattributes; echo '*' >.gitignore;"
                + " printf '[submodule \"x\"]\\n path=x\\n url=ext::sh -c id\\n' >.gitmodules; echo 1 >'%2Egit/x';"
                + " echo 2 >'GIT~1/x'; echo 3 >\"$(printf 'two\\nlines')\"; echo 4 >\"$(printf 'caf\\351 \\342\\202\\254')\";"
                + " echo 5 >'a b/\"q\" $HOME `id` \\\\ *'; echo 6 >' '; echo 7 >'index'; echo 8 >\"$(printf '\\001\\177')\";"
                + " echo 9 >\"$(printf '%0255d' 0)\"; mkdir -p objects tree; echo 10 >objects/x; ln -s .git tree/.git; "
                + old());
        ground().store();
        ground().fetch();
        same();
        ground().sh("rm -r .git .gitattributes 'GIT~1'; echo new >'.gitmodules'");
        ground().store();
        ground().fetch();
        same();
    }

    @Test
    void onlyWhatHasChangedIsSent() throws Exception {
        ground().store();
        assertEquals(0, ground().store(), "nothing has changed");
        ground().sh(
                        "echo longer >a/1; rm a/4; mkdir a/4; echo y >a/4/new; rm -r a/b; ln -s 2 a/b; chmod 600 a/5; rmdir empty");
        long sent = ground().store();
        assertTrue(sent >= 9 && sent < 1000, sent + " bytes were sent, and 9 are new");
        assertTrue(ground().fetch() >= 2, "what was stored comes");
        same();
    }

    @Test
    void whatIsTooMuchIsDeletedAndNoLinkIsFollowed() throws Exception {
        ground().store();
        Path outside = Files.createDirectories(home.resolve("outside"));
        Files.writeString(outside.resolve("precious"), "1");
        FileStoreGround.said(
                ground().copy(),
                "mkdir -p more/x; echo z >more/x/y; ln -s ../../outside a; ln -s ../../outside/precious none");
        ground().fetch();
        same();
        assertEquals("1", Files.readString(outside.resolve("precious")));
        assertEquals(
                List.of("precious"), List.of(String.valueOf(outside.toFile().list()[0])));
    }

    @Test
    void linksThatLeadOutAreLeftOutAndNamed() throws Exception {
        ground().sh("ln -s /etc/passwd out; ln -s ../../up a/up; ln -s b/../../../x a/through");
        ground().store();
        ground().fetch();
        String said = String.join("\n", ground().lines());
        for (String name : List.of("out", "a/up", "a/through")) {
            assertFalse(Files.isSymbolicLink(ground().copy().resolve(name)), name);
            assertTrue(said.contains(name), name + " is not named in: " + said);
        }
        ground().sh("rm out a/up a/through; " + old());
        FileStoreGround.said(ground().copy(), "touch -h -d '2026-01-02 03:04:05.123456789' a .");
        same();
    }

    /** A link in the place of a site's directory is no reason to lose what is stored of it. */
    @Test
    void aSiteWithoutItsFilesIsNotStored() throws Exception {
        ground().store();
        FileStoreGround.said(ground().site().getParent(), "mv files away; ln -s /etc files");
        assertThrows(AegirException.class, () -> ground().store());
        FileStoreGround.said(ground().site().getParent(), "rm files");
        assertThrows(AegirException.class, () -> ground().store());
        FileStoreGround.said(ground().site().getParent(), "mv away files");
        ground().fetch();
        same();
    }

    @Test
    void ownersHaveTheirOwnUntilItIsRemoved() throws Exception {
        assertThrows(AegirException.class, () -> ground().fetch(), "nothing is stored yet");
        ground().store();
        String first = FileStoreGround.look(ground().site());
        ground().sh("echo other >a/1");
        ground().store(OTHER);
        ground().fetch();
        assertEquals(first, FileStoreGround.look(ground().copy()));
        String shown = String.valueOf(ground().preview(ground().plannedForget(OTHER)));
        assertTrue(
                shown.contains(OTHER.toString()) && shown.matches("(?s).*[1-9].*"), "how much goes is shown: " + shown);
        ground().fetch(OTHER);
        same();

        ground().forget();
        assertThrows(AegirException.class, () -> ground().fetch(), "it is gone");
        ground().forget();
        ground().fetch(OTHER);
        same();
        assertTrue(ground().store() >= LARGE, "it can be stored again");
        ground().fetch();
        same();
    }

    @Test
    void whatCannotBeATreeIsRefused() {
        for (List<String> paths : List.of(List.<String>of(), List.of(""), List.of("files", "files"))) {
            Tree tree = new Tree(
                    FileStoreGround.OWNER,
                    "docs.example.net",
                    Name.of("here"),
                    HostPath.of(home.toString()),
                    paths,
                    Optional.empty());
            assertThrows(AegirException.class, () -> engine().store(ground().request(tree)), paths.toString());
            assertThrows(
                    AegirException.class,
                    () -> engine().fetch(ground().request(tree), FileStoreGround.OWNER),
                    paths.toString());
        }
    }

    @Test
    void aPreviewChangesNothing() throws Exception {
        assertFalse(
                ground().preview(ground().plannedStore(FileStoreGround.OWNER)).isEmpty());
        assertThrows(AegirException.class, () -> ground().fetch(), "it was only shown");
        ground().store();
        ground().preview(ground().plannedForget(FileStoreGround.OWNER));
        ground().fetch();
        same();
    }

    /** Whatever breaks, and wherever: what was stored before is what comes back, and it can be tried again. */
    @Test
    void aStoreHasAllOrWhatItHad() throws Exception {
        ground().store();
        String before = FileStoreGround.look(ground().site());
        ground().sh("rm a/1; echo more >a/3; head -c 300000 /dev/urandom >new");
        for (boolean atStore : List.of(false, true)) {
            for (int bytes : List.of(-1, 300, 150_000)) {
                int call = 1;
                while (broken(atStore ? ground().stores() : ground().sites(), call, bytes)) {
                    ground().fetch();
                    String now = FileStoreGround.look(ground().copy());
                    assertTrue(
                            now.equals(before) || now.equals(FileStoreGround.look(ground().site())),
                            "neither the former files nor the new ones came back when call " + call + " broke after "
                                    + bytes + " bytes");
                    assertTrue(++call < MOST_CALLS, "it makes ever more calls");
                }
                ground().fetch();
                same();
                before = FileStoreGround.look(ground().site());
                ground().sh("head -c 300000 /dev/urandom >new; echo " + bytes + " >a/3");
            }
        }
    }

    /** Whether storing failed, as it must when its host does. */
    private boolean broken(BreakingHost host, int call, int bytes) throws Exception {
        host.breakAt(call, bytes);
        try {
            ground().store();
            return host.broke();
        } catch (AegirException e) {
            ground().unrevealed(String.valueOf(e.getMessage()));
            assertTrue(host.broke(), () -> "it failed by itself: " + e);
            return true;
        } finally {
            host.breakAt(0, 0);
        }
    }

    /** Of a store that keeps them. */
    @Test
    void whatWasStoredOnceComesBackFromAStoreWithVersions() throws Exception {
        if (!(engine() instanceof VersionedFileStore)) {
            return;
        }
        ground().store();
        String first = String.valueOf(ground().told().get("stored.version"));
        String before = FileStoreGround.look(ground().site());
        ground().sh("rm -r a; echo new >a; chmod 700 large; rmdir empty");
        ground().store();
        String second = String.valueOf(ground().told().get("stored.version"));
        ground().fetch(first);
        assertEquals(before, FileStoreGround.look(ground().copy()));
        ground().fetch(second);
        same();
        ground().fetch();
        same();
        assertThrows(AegirException.class, () -> ground().fetch("0".repeat(first.length())));
        assertThrows(AegirException.class, () -> ground().fetch("--all"));
    }
}
