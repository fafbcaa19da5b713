// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.HostKey;
import java.security.PublicKey;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.transport.verification.HostKeyVerifier;

/** Accepts one host key and no other, and notes what was shown instead. */
final class PinnedHost implements HostKeyVerifier {
    private final HostKey pinned;
    private final List<String> kinds;
    private final EndOfReading end;
    private volatile Optional<String> refused = Optional.empty();

    /** With the kinds of key to ask the host for. */
    PinnedHost(HostKey pinned, List<String> kinds, EndOfReading end) {
        this.end = end;
        this.pinned = pinned;
        this.kinds = List.copyOf(kinds);
    }

    @Override
    public boolean verify(String host, int port, PublicKey key) {
        // It is the thread that reads which asks.
        end.watch();
        byte[] blob = new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
        String shown = "SHA256:"
                + Base64.getEncoder()
                        .withoutPadding()
                        .encodeToString(Sums.begun().digest(blob));
        boolean same = shown.equals(pinned.fingerprint());
        refused = same ? Optional.empty() : Optional.of(shown);
        return same;
    }

    /** What the host showed instead. */
    Optional<String> refused() {
        return refused;
    }

    @Override
    public List<String> findExistingAlgorithms(String host, int port) {
        return kinds;
    }
}
