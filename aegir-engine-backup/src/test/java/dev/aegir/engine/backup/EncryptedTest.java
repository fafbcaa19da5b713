// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Secret;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups that only the holder of a key can read, made and opened by the programs of this machine. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT) // they mostly wait, each for its own files
class EncryptedTest {
    @TempDir
    Path temporary;

    private Vault vault;
    private String recipient;

    @BeforeEach
    void make() throws Exception {
        vault = new Vault(temporary);
        recipient = vault.identity("age");
        vault.set("recipients", recipient).set("identity", "age");
        vault.prepare();
    }

    @AfterEach
    void close() {
        vault.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"vault", "web1"})
    void eachOfAChainIsWhatWasTaken(String server) throws Exception {
        List<Backup> chain = vault.chain(server);
        Backup last = chain.get(2);
        String now = Shell.fingerprint(vault.home).replaceAll("(?m)^files/fifo\\|.*\n", "");
        assertThat(last.base()).contains(chain.get(1).id());
        for (Level level : List.of(Level.STRUCTURE, Level.SAMPLE, Level.FULL)) {
            vault.verify(last, level);
        }
        assertThat(vault.ground.results())
                .containsEntry("verify.files.0.different", "0")
                .containsEntry("verify.database.compared", "1");
        assertThat(vault.restored(last, "vault")).isEqualTo(now);
        assertThat(vault.restored(last, "web1")).isEqualTo(now);
        assertThat(Files.readString(vault.stored(last).resolve("manifest.json")))
                .contains(
                        "\"version\" : 3",
                        "\"files.recipients\" : \"" + recipient + "\"",
                        "\"files.0.recipients\" : \"" + recipient + "\"",
                        "\"database.recipients\" : \"" + recipient + "\"");
        assertThat(inArchive(last)).contains("a/changes", "goes").doesNotContain("random");
        onlyTheHolderReads(chain);
    }

    private String inArchive(Backup backup) throws Exception {
        return Shell.run(
                vault.stored(backup),
                "age -d -i " + vault.key("age") + " files.tar.zst.age | zstd -dcq | tar -t --quoting-style=escape"
                        + " | grep -v '/$'");
    }

    private void onlyTheHolderReads(List<Backup> chain) throws Exception {
        for (Backup backup : chain) {
            for (Path file : Files.list(vault.stored(backup))
                    .filter(each -> each.toString().contains(".zst"))
                    .toList()) {
                assertThat(file.toString()).endsWith(".zst.age");
                assertThat(Files.readAllBytes(file)).startsWith("age-encryption.org/v1\n".getBytes());
            }
        }
        String identity = Files.readString(vault.key("age"))
                .lines()
                .filter(line -> line.startsWith("AGE-"))
                .findFirst()
                .orElseThrow();
        assertThat(vault.ground.facts() + vault.ground.lines() + vault.ground.results())
                .doesNotContain(identity);
        assertThat(Shell.run(
                        temporary,
                        "grep -r -l -e '" + identity + "' -e \"$(base64 -w0 keys/age | cut -c1-100)\" . || :"))
                .isEqualTo("./keys/age\n");
    }

    @Test
    void withoutTheKeyNothingButItsStructureIsKnown() throws Exception {
        Backup backup = vault.taken("web1");
        vault.ground.forget(SecretRef.of("age"));
        vault.verify(backup, Level.STRUCTURE);
        isRefused(backup, "the secret age that opens it is not there");
        vault.without("identity");
        vault.verify(backup, Level.STRUCTURE);
        isRefused(backup, "nothing says which secret opens it");
        Backup another = vault.taken("web1");
        assertThat(vault.stored(another)).isDirectory();
        vault.identity("wrong");
        vault.set("identity", "wrong");
        isRefused(backup, "the key in the secret wrong");
        vault.ground.keep(SecretRef.of("wrong"), Secret.of("no key at all"));
        isRefused(backup, "no identity of age");
        assertThat(vault.ground.lines().toString()).doesNotContain("no key at all");
    }

    private void isRefused(Backup backup, String why) throws Exception {
        for (String to : List.of("web1", "vault")) {
            assertThatThrownBy(() -> vault.restored(backup, to))
                    .isInstanceOf(EncryptedBackupException.class)
                    .hasMessageContaining(why);
        }
        for (Level level : List.of(Level.SAMPLE, Level.FULL)) {
            assertThatThrownBy(() -> vault.verify(backup, level)).isInstanceOf(EncryptedBackupException.class);
        }
        assertThat(vault.left()).isEmpty();
        assertThat(vault.ground.recall(backup.damagedFact(), Boolean.class)).isEmpty();
    }

    /** An identity is one line or several: keys are changed, and what was encrypted to the old one is still read. */
    @Test
    void keysAreChangedWithANewChain() throws Exception {
        Backup old = vault.taken("web1");
        String next = vault.identity("next");
        vault.set("recipients", next + ", " + recipient);
        Backup both = vault.taken("web1");
        assertThat(both.base()).isEmpty();
        vault.set("recipients", recipient + " " + next);
        assertThat(vault.taken("web1").base()).contains(both.id());
        vault.set("recipients", next).set("identity", "all");
        Backup last = vault.taken("web1");
        assertThat(last.base()).isEmpty();
        vault.ground.keep(
                SecretRef.of("all"),
                Secret.of(Files.readString(vault.key("age")) + Files.readString(vault.key("next"))));
        vault.verify(old, Level.FULL);
        vault.verify(last, Level.FULL);
        vault.without("recipients");
        Backup open = vault.taken("web1");
        assertThat(open.base()).isEmpty();
        assertThat(vault.stored(open).resolve("files.tar.zst")).exists();
    }

    /** What the next backup compares with is on the server of the site only, and may be lost. */
    @ParameterizedTest
    @ValueSource(strings = {"gone", "damaged"})
    void whatWasNotedMayBeLost(String how) throws Exception {
        vault.taken("web1");
        Shell.run(
                temporary.resolve("cache"),
                how.equals("gone") ? "rm -r *" : "for each in $(find . -type f); do echo x >$each; done");
        Backup second = vault.taken("web1");
        assertThat(vault.ground.lines().toString()).contains("all of");
        assertThat(inArchive(second)).contains("random", "empty");
        vault.verify(second, Level.FULL);
        assertThat(Shell.run(temporary.resolve("cache"), "find . -type f | wc -l; find . -perm /077"))
                .isEqualTo("1\n");
    }

    @Test
    void aFlippedBitIsFound() throws Exception {
        Backup backup = vault.taken("vault");
        Path archive = vault.stored(backup).resolve("files.tar.zst.age");
        byte[] bytes = Files.readAllBytes(archive);
        bytes[bytes.length / 2] ^= 1;
        Files.write(archive, bytes);
        assertThatThrownBy(() -> vault.verify(backup, Level.STRUCTURE)).isInstanceOf(DamagedBackupException.class);
        assertThatThrownBy(() -> vault.restored(backup, "web1")).isInstanceOf(DamagedBackupException.class);
        assertThat(vault.left()).isEmpty();
    }

    @Test
    void whatIsNoPublicKeyIsRefused() {
        for (String wrong :
                List.of("--help", "age1short", recipient.toUpperCase(java.util.Locale.ROOT), "AGE-SECRET-KEY-1")) {
            assertThatThrownBy(() -> vault.set("recipients", wrong).prepare())
                    .isInstanceOf(InvalidValueException.class);
        }
        String mistyped = recipient.substring(0, 61) + (recipient.endsWith("q") ? "p" : "q");
        assertThatThrownBy(() -> vault.set("recipients", mistyped).prepare())
                .hasMessageContaining("age does not take these recipients");
    }

    @Test
    void theFormatCanBeReadWithoutAegir() throws Exception {
        Backup backup = vault.taken("vault");
        assertThat(Shell.run(Files.createDirectory(temporary.resolve("by-hand")), """
                age -d -i %2$s %1$s/files.tar.zst.age | zstd -dcq | tar -x
                age -d -i %2$s %1$s/files.sums.zst.age | zstd -dcq | tr '\\0' '\\n' | grep -a random | sha256sum -c
                """.formatted(
                                vault.stored(backup), vault.key("age"))))
                .contains("files/random: OK");
    }
}
