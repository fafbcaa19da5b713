// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.Backup;
import dev.aegir.model.Service;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.FakeHost;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The same contract for a service whose backups are encrypted and signed. */
class ProtectedContractTest extends ArchiveContractTest {
    private static final KeyPair KEYS = keys();
    private final Map<String, Backup> stored = new ConcurrentHashMap<>();

    @Override
    protected Service service() {
        return super.service()
                .with("recipients", "age1" + "q".repeat(58))
                .with("identity", "age/backups")
                .with("signing-key", "signing/backups")
                .with("signed-by", base64(KEYS.getPublic().getEncoded()));
    }

    @Override
    protected void given(FakeHost host, Backup backup) {
        super.given(host, backup);
        stored.put(backup.id().value(), backup);
    }

    @Override
    Answer answer(Call call) {
        List<String> words = call.command().words();
        if (!words.get(2).startsWith("# backup: manifest\n")) {
            return super.answer(call);
        }
        Backup backup = stored.get(words.get(words.size() - 1));
        if (backup == null || backup.contents().isEmpty()) {
            return Answer.failed(1, "there is none");
        }
        byte[] manifest = Manifest.of(backup, backup.contents().get()).getBytes(StandardCharsets.UTF_8);
        try {
            Signature signature = Signature.getInstance("Ed25519");
            signature.initSign(KEYS.getPrivate());
            signature.update(manifest);
            return Answer.ok(base64(signature.sign()) + "\n" + base64(manifest) + "\n");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has Ed25519", e);
        }
    }

    private static KeyPair keys() {
        try {
            return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has Ed25519", e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
