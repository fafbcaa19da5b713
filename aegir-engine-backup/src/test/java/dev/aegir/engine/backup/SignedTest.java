// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Secret;
import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Backups that bear a signature, and what somebody does to them who may write where they are kept. */
@Timeout(180)
class SignedTest {
    @TempDir
    Path temporary;

    private Vault vault;
    private String signer;

    @BeforeEach
    void make() throws Exception {
        vault = new Vault(temporary);
        signer = vault.signer("signing");
        vault.set("signing-key", "signing").set("signed-by", signer);
        vault.prepare();
    }

    @AfterEach
    void close() {
        vault.close();
    }

    @Test
    void aSignedBackupIsReadByWhoeverHasThePublicKey() throws Exception {
        Backup backup = vault.taken("web1");
        assertThat(vault.stored(backup).resolve("manifest.json.sig")).hasSize(Signatures.LENGTH);
        vault.ground.forget(SecretRef.of("signing"));
        vault.verify(backup, Level.FULL);
        assertThat(vault.restored(backup, "web1")).isNotEmpty();
        vault.set("signed-by", vault.signer("other") + "," + signer);
        vault.verify(backup, Level.STRUCTURE);
        vault.without("signed-by");
        vault.verify(backup, Level.STRUCTURE);
    }

    /** As docs/backup-format.md says. */
    @Test
    void anybodyCanCheckItByHand() throws Exception {
        Backup backup = vault.taken("vault");
        assertThat(Shell.run(vault.stored(backup), """
                printf '%%s\\n' '-----BEGIN PUBLIC KEY-----' '%s' '-----END PUBLIC KEY-----' >../public.pem
                openssl pkeyutl -verify -pubin -inkey ../public.pem -rawin -in manifest.json -sigfile manifest.json.sig
                """.formatted(signer))).contains("Signature Verified Successfully");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gone",
                "another key",
                "changed",
                "short",
                "long",
                "empty",
                "rubbish",
                "link",
                "replayed",
                "parts"
            })
    void isRefusedBeforeAByteLands(String how) throws Exception {
        Backup older = vault.taken("web1");
        Backup backup = vault.taken("web1");
        Path stored = vault.stored(backup);
        vault.signer("other");
        Shell.run(
                stored,
                switch (how) {
                    case "gone" -> "rm manifest.json.sig";
                    case "another key" ->
                        "openssl pkeyutl -sign -rawin -inkey " + vault.key("other")
                                + " -in manifest.json -out manifest.json.sig";
                    case "changed" -> "sed -i 's/FROZEN/LIVE/' manifest.json";
                    case "short" -> "truncate -s 63 manifest.json.sig";
                    case "long" -> "echo >>manifest.json.sig";
                    case "empty" -> ": >manifest.json.sig";
                    case "rubbish" -> "head -c 64 /dev/urandom >manifest.json.sig";
                    case "link" -> "mv manifest.json.sig x; ln -s x manifest.json.sig";
                    case "replayed" -> "cp ../" + older.id() + "/manifest.json* .";
                    // Signed by the right key, but not as what the inventory knows.
                    default ->
                        "sed -i 's/\"bytes\" : [0-9]*/\"bytes\" : 7/' manifest.json; openssl pkeyutl -sign -rawin -inkey "
                                + vault.key("signing") + " -in manifest.json -out manifest.json.sig";
                });
        assertThatThrownBy(() -> vault.restored(backup, "web1"))
                .isInstanceOf(ForgedBackupException.class)
                .hasMessageContaining(backup.id().value());
        assertThat(vault.left()).isEmpty();
        assertThatThrownBy(() -> vault.verify(backup, Level.STRUCTURE)).isInstanceOf(ForgedBackupException.class);
        assertThat(vault.ground.recall(backup.damagedFact(), Boolean.class)).contains(true);
        assertThatThrownBy(() -> vault.export(backup, temporary.resolve("export.tar")))
                .isInstanceOf(ForgedBackupException.class);
        assertThat(temporary.resolve("export.tar")).doesNotExist();
        vault.verify(older, Level.FULL);
    }

    @Test
    void anUnsignedBackupIsRefusedWhereSignaturesAreAskedFor() throws Exception {
        vault.without("signing-key").without("signed-by");
        Backup unsigned = vault.taken("web1");
        vault.set("signed-by", signer);
        assertThatThrownBy(() -> vault.verify(unsigned, Level.STRUCTURE))
                .isInstanceOf(ForgedBackupException.class)
                .hasMessageContaining("is not signed");
        assertThatThrownBy(() -> vault.taken("web1"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("signing-key");
    }

    @Test
    void whatNobodyWouldAcceptIsNotSigned() throws Exception {
        vault.signer("other");
        vault.set("signing-key", "other");
        assertThatThrownBy(() -> vault.taken("web1"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("nobody would accept");
        vault.set("signing-key", "rubbish");
        vault.ground.keep(SecretRef.of("rubbish"), Secret.of("c29tZXRoaW5nIHNlY3JldA=="));
        assertThatThrownBy(() -> vault.taken("web1"))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("The secret rubbish is no private key")
                .hasNoCause()
                .hasMessageNotContaining("c29tZX");
        assertThat(Shell.run(temporary.resolve("backups"), "find . -mindepth 2"))
                .isEmpty();
        assertThatThrownBy(() -> vault.set("signed-by", "c29tZXRoaW5n").prepare())
                .isInstanceOf(InvalidValueException.class);
    }
}
