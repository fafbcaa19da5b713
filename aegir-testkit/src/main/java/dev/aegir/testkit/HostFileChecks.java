// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.ConfigRejectedException.Phase;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.HostException;
import dev.aegir.host.HostFiles;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Files: read, listed, compared, and changed all or none. */
final class HostFileChecks {
    private static final String ODD = "sp ace/qu'o\"te/$(touch X)/-rf *;& \u00e9\ud83d\ude00";

    private HostFileChecks() {}

    static void areReadAndListed(HostUnderTest at) throws Exception {
        HostFiles files = at.host().files();
        byte[] all = new byte[256];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        at.host()
                .run(HostUnderTest.script("cat >\"$1\"", at.path("bytes")), Input.bytes(all))
                .orThrow();
        assertArrayEquals(all, files.read(at.path("bytes"), 256).orElse(new byte[0]), "a file is read as it is");
        assertTrue(files.read(at.path("missing"), 256).isEmpty(), "there is nothing where no file is");
        HostUnderTest.refuses(
                HostException.class, "a file that is longer than may be read", () -> files.read(at.path("bytes"), 255));
        at.put(at.path("empty"), "");
        assertEquals(0, files.read(at.path("empty"), 256).orElse(new byte[1]).length, "an empty file is a file");
        at.sh("cd -- \"$1\" && mkdir list && cd list && touch b A ' c' .d \"$2\"", at.directory(), "e\u00e9'*");
        assertEquals(
                List.of(" c", ".d", "A", "b", "e\u00e9'*"), files.list(at.path("list")), "names are listed, sorted");
        assertEquals(List.of(), files.list(at.path("missing")), "nothing is in a directory that is not there");
    }

    static void areAppliedAndTakenBack(HostUnderTest at) throws Exception {
        HostFiles files = at.host().files();
        at.put(at.path("changed"), "old\n");
        at.sh("chmod 0640 \"$1\"", at.path("changed"));
        at.put(at.path("gone"), "going\n");
        String before = at.tree();
        FileChange.Write secret =
                new FileChange.Write(at.path("new/dir/secret"), "s\n", "0600", at.account(), Optional.empty());
        FileTransaction transaction = new FileTransaction(
                List.of(
                        at.write("changed", "new \u00e9\ud83d\ude00\n"),
                        secret,
                        at.write(ODD, "odd\n"),
                        new FileChange.Delete(at.path("gone"), Optional.empty())),
                List.of(),
                List.of(phase(at, "check", "changed")),
                List.of(phase(at, "activate", "changed")),
                List.of(phase(at, "confirm", "changed")),
                DriftPolicy.OVERWRITE);
        assertEquals(
                List.of("changed", "new/dir/secret", ODD, "gone").stream()
                        .map(at::path)
                        .toList(),
                files.compare(transaction.files()).stream().map(FileState::path).toList(),
                "compare says what differs, in the same order");
        assertEquals(before, at.tree(), "compare changes nothing");
        Applied applied = files.apply(at.key("a"), transaction);
        assertEquals(4, applied.changed().size(), "apply says what it changed");
        assertEquals("new \u00e9\ud83d\ude00\n", at.text(at.path("changed")));
        assertEquals(
                "644 600 755\n",
                at.sh("cd -- \"$1\" && echo $(stat -c %a changed new/dir/secret new)", at.directory()));
        assertEquals("odd\n", at.text(at.path(ODD)));
        assertFalse(at.exists(at.path("gone")), "a file that shall not be there is deleted");
        String phases = "check\nactivate\nconfirm\n";
        assertEquals(
                phases, at.text(at.path("said.phases")), "files are checked, activated and confirmed, in this order");
        assertEquals(List.of(), files.compare(transaction.files()), "what was applied is so");
        Applied again = files.apply(at.key("b"), transaction);
        assertEquals(List.of(), again.changed(), "what is so already is not changed");
        assertEquals(phases, at.text(at.path("said.phases")), "and then nothing is checked or activated");
        assertTrue(files.revert(at.key("a"), transaction), "there is something to take back");
        assertEquals(before, at.tree(), "when it is taken back, all is as it was");
        assertEquals(
                phases + "check\nactivate\n",
                at.text(at.path("said.phases")),
                "what was put back is checked and activated");
        assertFalse(files.revert(at.key("a"), transaction), "there is nothing more to take back");
        assertEquals(before, at.tree());
    }

    /** Says that it ran, and fails when the files are not in place. */
    private static Command phase(HostUnderTest at, String name, String file) {
        return HostUnderTest.script(
                "cat -- \"$2\" >/dev/null && echo \"$1\" >>\"$3\"", name, at.path(file), at.path("said.phases"));
    }

    static void areAllOrNone(HostUnderTest at) throws Exception {
        at.put(at.path("a"), "old a\n");
        at.put(at.path("c"), "old c\n");
        String before = at.tree();
        for (Phase failing : List.of(Phase.CHECK, Phase.ACTIVATE, Phase.CONFIRM, Phase.WRITE)) {
            at.sh("rm -f \"$1\"", at.path("said.phases"));
            Command activate = HostUnderTest.script("cat \"$1\" >>\"$2\"", at.path("a"), at.path("said.phases"));
            FileTransaction transaction = new FileTransaction(
                    List.of(
                            at.write("a", "new a\n"),
                            new FileChange.Delete(at.path("c"), Optional.empty()),
                            // Where a file is, no directory can be.
                            at.write(failing == Phase.WRITE ? "a/b" : "sub/b", "new b\n")),
                    List.of(),
                    failing == Phase.CHECK
                            ? List.of(HostUnderTest.script("grep -q new \"$1\" && echo no good; exit 1", at.path("a")))
                            : List.of(),
                    failing == Phase.ACTIVATE ? List.of(activate, onlyOld(at)) : List.of(activate),
                    failing == Phase.CONFIRM ? List.of(Command.of("false")) : List.of(),
                    DriftPolicy.OVERWRITE);
            ConfigRejectedException rejected = HostUnderTest.refuses(
                    ConfigRejectedException.class,
                    "apply when phase " + failing + " fails",
                    () -> at.host().files().apply(at.key("a" + failing), transaction));
            assertEquals(failing, rejected.phase(), "what refused it");
            assertTrue(rejected.restored(), "it says that all is as it was");
            assertEquals(before, at.tree(), "when phase " + failing + " fails, all files are as they were");
            if (failing == Phase.CHECK) {
                assertTrue(rejected.output().contains("no good"), "it tells what the check said");
            }
            boolean active = failing == Phase.ACTIVATE || failing == Phase.CONFIRM;
            assertEquals(
                    active ? "new a\nold a\n" : "",
                    at.exists(at.path("said.phases")) ? at.text(at.path("said.phases")) : "",
                    "what was active is activated again after all files are back; nothing else is");
            assertFalse(at.host().files().revert(at.key("a" + failing), transaction), "there is nothing to take back");
        }
    }

    /** An activation that does not like the new files. */
    private static Command onlyOld(HostUnderTest at) {
        return HostUnderTest.script("! grep -q new \"$1\"", at.path("a"));
    }

    static void belongToTheirOwner(HostUnderTest at) throws Exception {
        Id owner = Id.next();
        FileChange mine = new FileChange.Write(
                at.path("owned"), "# " + owner + "\nmine\n", "0644", at.account(), Optional.of(owner));
        for (String theirs : List.of("# " + Id.next() + "\ntheirs\n", "")) {
            at.put(at.path("owned"), theirs);
            String before = at.tree();
            for (FileChange change : List.of(mine, new FileChange.Delete(at.path("owned"), Optional.of(owner)))) {
                FileTransaction transaction = HostUnderTest.change(at.write("beside", "text\n"), change);
                ConfigRejectedException rejected = HostUnderTest.refuses(
                        ConfigRejectedException.class,
                        "a file without its owner's id",
                        () -> at.host().files().apply(at.key("a"), transaction));
                assertEquals(Phase.OWNERSHIP, rejected.phase());
                assertEquals(before, at.tree(), "nothing is changed when one file is not ours");
            }
        }
        at.put(at.path("owned"), "# " + owner + "\nby hand\n");
        at.host().files().apply(at.key("b"), HostUnderTest.change(mine));
        assertEquals("# " + owner + "\nmine\n", at.text(at.path("owned")), "a file that bears the id may be changed");
        at.host()
                .files()
                .apply(at.key("c"), HostUnderTest.change(new FileChange.Delete(at.path("owned"), Optional.of(owner))));
        assertFalse(at.exists(at.path("owned")), "a file that bears the id may be deleted");
    }

    static void thatSomebodyChangedAreTreatedAsTold(HostUnderTest at) throws Exception {
        HostFiles files = at.host().files();
        FileChange.Write ours = at.write("ours", "ours\n");
        FileChange.Write beside = at.write("beside", "beside\n");
        files.apply(at.key("a"), HostUnderTest.change(ours));
        at.put(at.path("ours"), "by hand\n");
        String before = at.tree();
        FileState state = files.compare(List.of(ours)).get(0);
        assertTrue(state.drifted(), "compare tells what somebody else changed");
        assertEquals(Optional.of("by hand\n"), state.present(), "compare tells how it is now");
        DriftException drift = HostUnderTest.refuses(
                DriftException.class,
                "DriftPolicy.FAIL",
                () -> files.apply(at.key("b"), HostUnderTest.change(DriftPolicy.FAIL, beside, ours)));
        assertEquals(Optional.of("by hand\n"), drift.files().get(0).present());
        assertEquals(before, at.tree(), "with DriftPolicy.FAIL nothing is changed");
        Applied kept = files.apply(at.key("c"), HostUnderTest.change(DriftPolicy.KEEP, beside, ours));
        assertEquals(List.of(at.path("beside")), kept.changed(), "with DriftPolicy.KEEP the others are written");
        assertEquals(1, kept.drifted().size(), "with DriftPolicy.KEEP what was kept is told");
        assertEquals("by hand\n", at.text(at.path("ours")));
        Applied overwritten = files.apply(at.key("d"), HostUnderTest.change(DriftPolicy.OVERWRITE, beside, ours));
        assertEquals(List.of(at.path("ours")), overwritten.changed());
        assertEquals(
                Optional.of("by hand\n"),
                overwritten.drifted().get(0).present(),
                "with DriftPolicy.OVERWRITE it is told how the file was");
        assertEquals("ours\n", at.text(at.path("ours")));
    }

    static void thatAreMissingAreWrittenAgain(HostUnderTest at) throws Exception {
        FileChange.Write one = at.write("one", "one\n");
        FileChange.Write two = at.write("two", "two\n");
        at.host().files().apply(at.key("a"), HostUnderTest.change(one, two));
        at.sh("rm -- \"$1\"", at.path("two"));
        List<FileState> states = at.host().files().compare(List.of(one, two));
        assertEquals(1, states.size(), "one file is missing");
        assertEquals(Optional.empty(), states.get(0).present(), "one file is missing");
        Applied applied = at.host().files().apply(at.key("b"), HostUnderTest.change(DriftPolicy.FAIL, one, two));
        assertEquals(List.of(two.path()), applied.changed(), "only what is missing is written");
        assertEquals("two\n", at.text(at.path("two")));
        at.sh("chmod 0600 \"$1\"", at.path("one"));
        assertEquals(
                List.of(one.path()),
                at.host()
                        .files()
                        .apply(at.key("c"), HostUnderTest.change(one, two))
                        .changed(),
                "another mode is a difference");
        assertEquals("644\n", at.sh("stat -c %a \"$1\"", at.path("one")));
    }

    /** What differs, and nothing else, however much is as it should be, and whatever the files are called. */
    static void areComparedByWhatIsThere(HostUnderTest at) throws Exception {
        List<FileChange> files = new ArrayList<>();
        for (String name : List.of("one", "two", "empty", "a: FAILED", "a: FAILED open or read", "sp ace", "last")) {
            files.add(at.write(name, name.equals("empty") ? "" : "ours\n"));
        }
        FileChange former = new FileChange.Delete(at.path("former"), Optional.empty());
        files.add(2, former);
        at.host().files().apply(at.key("a"), HostUnderTest.change(files.toArray(FileChange[]::new)));
        assertDiffer(at, files);
        // Neither its size nor its time tells.
        at.sh("touch -r \"$1\" \"$2\" && echo OURS >\"$1\" && touch -r \"$2\" \"$1\"", at.path("two"), at.path("time"));
        assertDiffer(at, files, "two");
        at.sh("echo OURS >\"$1\" && rm \"$2\"", at.path("a: FAILED"), at.path("a: FAILED open or read"));
        assertDiffer(at, files, "two", "a: FAILED", "a: FAILED open or read");
        at.host().files().apply(at.key("b"), HostUnderTest.change(files.toArray(FileChange[]::new)));
        // One gone and one too many: as many as there should be.
        at.sh("mv \"$1\" \"$2\"", at.path("one"), at.path("former"));
        assertDiffer(at, files, "one", "former");
        at.sh("mv \"$2\" \"$1\" && echo x >>\"$3\"", at.path("one"), at.path("former"), at.path("empty"));
        assertDiffer(at, files, "empty");
        at.sh("rm \"$1\" && ln -s two \"$1\" && rm \"$2\" && mkdir \"$2\"", at.path("last"), at.path("sp ace"));
        assertDiffer(at, files, "empty", "sp ace", "last");
    }

    private static void assertDiffer(HostUnderTest at, List<FileChange> files, String... names) throws Exception {
        assertEquals(
                Stream.of(names)
                        .map(at::path)
                        .sorted(Comparator.comparingInt(path -> index(files, path)))
                        .toList(),
                at.host().files().compare(files).stream().map(FileState::path).toList(),
                "what differs is found, and nothing else");
    }

    private static int index(List<FileChange> files, HostPath path) {
        return files.stream().map(FileChange::path).toList().indexOf(path);
    }

    static void stayWhereTheyMust(HostUnderTest at) throws Exception {
        HostPath root = at.path("site");
        HostPath docroot = at.path("site/docroot");
        at.sh("mkdir -p \"$1/docroot\" \"$2\"", root, at.path("elsewhere"));
        String before = at.tree();
        FileChange.Write file = at.write("file", "text\n");
        Command escape = HostUnderTest.script("rmdir \"$1\" && ln -s \"$2\" \"$1\"", docroot, at.path("elsewhere"));
        Command back = HostUnderTest.script("rm \"$1\" && mkdir \"$1\"", docroot);
        // At the time it is checked: then a link is there already.
        at.host().run(escape).orThrow();
        contained(at, "t1", file, docroot, root);
        at.host().run(back).orThrow();
        assertEquals(before, at.tree());
        // At the time it would be activated: the link is made while the files are checked.
        FileTransaction swapped = new FileTransaction(
                List.of(file),
                List.of(new Containment(docroot, root)),
                List.of(escape),
                List.of(HostUnderTest.script("touch \"$1\"", at.path("said.activated"))),
                List.of(),
                DriftPolicy.OVERWRITE);
        ConfigRejectedException rejected = HostUnderTest.refuses(
                ConfigRejectedException.class,
                "a directory that leads out when it would be activated",
                () -> at.host().files().apply(at.key("t2"), swapped));
        assertEquals(Phase.CONTAINMENT, rejected.phase());
        assertFalse(at.exists(at.path("said.activated")), "what leads out is not activated");
        at.host().run(back).orThrow();
        assertEquals(before, at.tree(), "the files are as they were");
        // Names that begin alike are not one inside the other.
        at.sh("mkdir \"$1\"", at.path("site10"));
        contained(at, "t3", file, at.path("site10"), root);
        contained(at, "t4", file, at.path("missing"), root);
        at.host()
                .files()
                .apply(
                        at.key("t5"),
                        new FileTransaction(
                                List.of(file),
                                List.of(new Containment(docroot, root)),
                                List.of(),
                                List.of(),
                                List.of(),
                                DriftPolicy.OVERWRITE));
        assertEquals("text\n", at.text(file.path()), "what lies where it must is no reason to refuse");
    }

    private static void contained(HostUnderTest at, String key, FileChange file, HostPath path, HostPath within)
            throws Exception {
        FileTransaction transaction = new FileTransaction(
                List.of(file),
                List.of(new Containment(path, within)),
                List.of(),
                List.of(),
                List.of(),
                DriftPolicy.OVERWRITE);
        ConfigRejectedException rejected = HostUnderTest.refuses(
                ConfigRejectedException.class,
                path + " is not in " + within,
                () -> at.host().files().apply(at.key(key), transaction));
        assertEquals(Phase.CONTAINMENT, rejected.phase());
        assertFalse(at.exists(file.path()), "nothing is written");
    }

    static void areManyInOneGo(HostUnderTest at) throws Exception {
        FileChange[] many = new FileChange[300];
        for (int i = 0; i < many.length; i++) {
            many[i] = at.write("many/" + i % 7 + "/" + i, ("line " + i + "\n").repeat(i));
        }
        assertEquals(
                many.length,
                at.host()
                        .files()
                        .apply(at.key("a"), HostUnderTest.change(many))
                        .changed()
                        .size());
        byte[] last = at.host().files().read(at.path("many/5/299"), 1 << 20).orElse(new byte[0]);
        assertEquals("line 299\n".repeat(299), new String(last, StandardCharsets.UTF_8));
        assertTrue(at.host().files().revert(at.key("a"), HostUnderTest.change(many)));
        assertEquals("", at.tree(), "directories that were made are gone too");
    }
}
