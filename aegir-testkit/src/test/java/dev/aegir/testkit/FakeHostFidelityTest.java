// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.HostException;
import dev.aegir.host.Secret;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The fake host does what the local machine does, whatever is asked of both: random transactions on random files. */
class FakeHostFidelityTest {
    private static final int OPERATIONS = 40;
    private static final Id ID = Id.next();
    private static final List<String> PATHS = List.of("a", "b", "d/x", "d/y", "d/e/z", "l");

    /** Notes its name and every file it sees, and ends as it is told. The fake one is {@link #note}. */
    private static final String NOTE = """
            cd "$1" || exit 9
            { printf '%s:' "$3"; find . -type f | LC_ALL=C sort | while IFS= read -r f; do
                printf ' %s=%s' "${f#./}" "$(cat "$f")"
            done; echo; } >>"$2"
            exit "$4"
            """;

    @TempDir
    private Path dir;

    private Path tree;
    private Path noted;
    private FakeHost fake;
    private final List<String> notedByFake = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 106})
    void doesWhatARealOneDoes(long seed) throws Exception {
        tree = Files.createDirectory(dir.resolve("tree"));
        noted = dir.resolve("noted");
        Files.createFile(noted);
        fake = FakeHost.named("here").directory(tree.toString()).program(this::note, "sh", "-c", NOTE);
        try (Host real = local()) {
            Random random = new Random(seed);
            Map<String, FileTransaction> applied = new TreeMap<>();
            for (int i = 0; i < OPERATIONS; i++) {
                String what = random(random, i, real, applied);
                assertThat(shown()).as("after %d: %s", i, what).isEqualTo(shownByFake());
                assertThat(notedByFake)
                        .as("what commands saw, after %d: %s", i, what)
                        .isEqualTo(Files.readAllLines(noted));
            }
        }
    }

    private String random(Random random, int number, Host real, Map<String, FileTransaction> applied) throws Exception {
        switch (random.nextInt(8)) {
            case 0 -> {
                return somebodyElse(random);
            }
            case 1 -> {
                List<FileChange> files = changes(random);
                assertThat(states(fake.files().compare(files)))
                        .as("%s", files)
                        .isEqualTo(states(real.files().compare(files)));
                return "compare " + files;
            }
            case 2, 3 -> {
                if (applied.isEmpty()) {
                    return "nothing";
                }
                List<String> keys = new ArrayList<>(applied.keySet());
                String key = keys.get(random.nextInt(keys.size()));
                FileTransaction transaction = applied.get(key);
                assertThat(revert(fake, key, transaction))
                        .as("revert %s %s", key, transaction)
                        .isEqualTo(revert(real, key, transaction));
                return "revert " + key + " " + transaction;
            }
            default -> {
                String key = random.nextInt(4) == 0 && !applied.isEmpty()
                        ? applied.keySet().iterator().next()
                        : "key." + number;
                // The same key is the same step, run again.
                FileTransaction transaction = applied.computeIfAbsent(key, absent -> transaction(random));
                assertThat(apply(fake, key, transaction))
                        .as("apply %s %s", key, transaction)
                        .isEqualTo(apply(real, key, transaction));
                return "apply " + key + " " + transaction;
            }
        }
    }

    private String somebodyElse(Random random) throws IOException {
        String path = PATHS.get(random.nextInt(PATHS.size()));
        Path file = tree.resolve(path);
        int what = random.nextInt(3);
        if (what == 0 || Files.isSymbolicLink(file)) {
            Files.deleteIfExists(file);
            fake.without(file.toString());
        } else if (what == 1 && path.equals("l") && !Files.exists(file)) {
            Files.createSymbolicLink(file, Path.of("a"));
            fake.link(file.toString(), "a");
        } else {
            String text = "theirs " + random.nextInt(3) + (random.nextBoolean() ? " " + ID : "");
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            fake.file(file.toString(), text);
        }
        return "somebody else at " + path + " (" + what + ")";
    }

    private FileTransaction transaction(Random random) {
        List<Containment> contained = random.nextInt(4) == 0
                ? List.of(new Containment(
                        HostPath.of(tree + (random.nextBoolean() ? "/d" : "/d/e")),
                        HostPath.of(tree + (random.nextBoolean() ? "" : "/d/e"))))
                : List.of();
        return new FileTransaction(
                changes(random),
                contained,
                commands(random, "check"),
                commands(random, "activate"),
                commands(random, "confirm"),
                DriftPolicy.values()[random.nextInt(3)]);
    }

    private List<FileChange> changes(Random random) {
        List<String> paths = new ArrayList<>(PATHS);
        Collections.shuffle(paths, random);
        List<FileChange> changes = new ArrayList<>();
        for (String path : paths.subList(0, 1 + random.nextInt(3))) {
            HostPath where = HostPath.of(tree + "/" + path);
            Optional<Id> owner = random.nextInt(3) == 0 ? Optional.of(ID) : Optional.empty();
            if (random.nextInt(3) == 0) {
                changes.add(new FileChange.Delete(where, owner));
            } else {
                String text = "ours " + random.nextInt(3) + (owner.isPresent() || random.nextBoolean() ? " " + ID : "");
                String mode = random.nextInt(3) == 0 ? "0640" : "0644";
                changes.add(new FileChange.Write(where, text, mode, "root:root", owner));
            }
        }
        return changes;
    }

    private List<Command> commands(Random random, String name) {
        List<Command> commands = new ArrayList<>();
        for (int i = random.nextInt(2); i >= 0; i--) {
            String exit = random.nextInt(6) == 0 ? "3" : "0";
            commands.add(Command.of("sh", "-c", NOTE, "sh", tree.toString(), noted.toString(), name + i, exit));
        }
        return commands;
    }

    private Answer note(Call call) {
        StringBuilder line = new StringBuilder(call.command().words().get(6)).append(':');
        HostSnapshot now = call.host().snapshot();
        now.files().stream()
                .filter(path -> now.node(path.value()).orElseThrow() instanceof Node.Regular)
                .forEach(path -> line.append(' ')
                        .append(tree.relativize(Path.of(path.value())))
                        .append('=')
                        .append(now.text(path).orElseThrow()));
        notedByFake.add(line.toString());
        return new Answer(Integer.parseInt(call.command().words().get(7)), "", "");
    }

    private static String apply(Host host, String key, FileTransaction transaction) throws InterruptedException {
        try {
            Applied applied = host.files().apply(key, transaction);
            return "changed " + applied.changed() + " drifted " + states(applied.drifted());
        } catch (HostException e) {
            return shown(e);
        }
    }

    private static String revert(Host host, String key, FileTransaction transaction) throws InterruptedException {
        try {
            return "reverted " + host.files().revert(key, transaction);
        } catch (HostException e) {
            return shown(e);
        }
    }

    private static String shown(HostException e) {
        if (e instanceof ConfigRejectedException rejected) {
            return "rejected " + rejected.phase() + " restored " + rejected.restored();
        }
        return e instanceof DriftException drift ? "drift " + states(drift.files()) : e.toString();
    }

    private static List<String> states(List<FileState> states) {
        return states.stream()
                .map(each -> each.path() + " present " + each.present() + " drifted " + each.drifted() + " attributes "
                        + each.attributesOnly())
                .toList();
    }

    private Map<String, String> shown() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path path : all.filter(each -> !each.equals(tree)).toList()) {
                String text = Files.isSymbolicLink(path)
                        ? "-> " + Files.readSymbolicLink(path)
                        : Files.isDirectory(path) ? "directory" : mode(path) + " " + Files.readString(path);
                shown.put(path.toString(), text);
            }
        }
        return shown;
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
                        .contains("r--r--")
                ? "0644"
                : "0640";
    }

    private Map<String, String> shownByFake() {
        Map<String, String> shown = new TreeMap<>();
        fake.snapshot().nodes().forEach((path, node) -> {
            if (path.startsWith(tree + "/")) {
                String text = node instanceof Node.Link link ? "-> " + link.target() : "directory";
                shown.put(path, node instanceof Node.Regular file ? file.mode() + " " + file.text() : text);
            }
        });
        return shown;
    }

    private Host local() throws InterruptedException {
        Backend backend = ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.scheme().equals("local"))
                .findFirst()
                .orElseThrow();
        return backend.connect(Server.at("here", "local:?state=" + dir.resolve("state")), new NoSecrets());
    }

    /** Has none. */
    private static final class NoSecrets implements Secrets {
        @Override
        public Optional<Secret> find(SecretRef reference) {
            return Optional.empty();
        }

        @Override
        public void keep(SecretRef reference, Secret secret) {
            throw new UnsupportedOperationException("nothing is kept here");
        }

        @Override
        public void forget(SecretRef reference) {
            throw new UnsupportedOperationException("nothing is kept here");
        }
    }
}
