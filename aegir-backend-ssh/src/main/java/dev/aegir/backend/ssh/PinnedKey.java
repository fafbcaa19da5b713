// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.HostKey;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;

/** Accepts one host key and no other, and notes what was shown. */
final class PinnedKey implements HostKeyVerifier {
    private final HostKey pinned;
    private final List<String> algorithms;
    private final EndOfReading end;
    private Optional<String> shown = Optional.empty();

    /** With the kinds of key to ask the host for. */
    PinnedKey(HostKey pinned, List<String> algorithms, EndOfReading end) {
        this.end = end;
        this.pinned = pinned;
        this.algorithms = algorithms;
    }

    /** What the host showed instead. */
    Optional<String> refused() {
        return shown.filter(fingerprint -> !fingerprint.equals(pinned.fingerprint()));
    }

    @Override
    public boolean verify(String hostname, int port, PublicKey key) {
        // It is the thread that reads which asks.
        end.watch();
        String fingerprint = fingerprint(key);
        shown = Optional.of(fingerprint);
        return fingerprint.equals(pinned.fingerprint());
    }

    @Override
    public List<String> findExistingAlgorithms(String hostname, int port) {
        return algorithms;
    }

    private static String fingerprint(PublicKey key) {
        try {
            byte[] blob = new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(blob);
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
