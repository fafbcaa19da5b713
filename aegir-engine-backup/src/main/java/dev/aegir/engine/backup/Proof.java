// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.host.Host;
import dev.aegir.model.Backup;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Stored files are proved to be what was stored while they are unpacked, which takes about as long and leaves a processor idle. When
 * they are not, the unpacking is ended. For the thread that made it.
 */
final class Proof implements AutoCloseable {
    private static final long AGAIN_MILLIS = 50;

    private final FutureTask<Void> proving;
    private volatile boolean unpacked;

    private Proof(Host host, Stored stored, List<Backup.Part> parts, List<Programs.Begun> unpacking) {
        proving = new FutureTask<>(() -> {
            try {
                Archive.prove(host, stored, parts);
            } catch (DamagedBackupException e) {
                end(unpacking);
                throw e;
            }
            return null;
        });
    }

    /**
     * Begins it.
     *
     * @param unpacking what is ended when something is not what was stored, whether it has begun yet or not
     */
    static Proof begin(Host host, Stored stored, List<Backup.Part> parts, List<Programs.Begun> unpacking) {
        Proof proof = new Proof(host, stored, parts, List.copyOf(unpacking));
        Thread thread = new Thread(proof.proving, "aegir-proof");
        thread.setDaemon(true);
        thread.start();
        return proof;
    }

    /** One after the other begins, so they are ended until none of them will. */
    private void end(List<Programs.Begun> unpacking) throws InterruptedException {
        while (!unpacked) {
            for (Programs.Begun each : unpacking) {
                each.stop();
            }
            Thread.sleep(AGAIN_MILLIS); // whoever unpacks has to notice
        }
    }

    /**
     * Nothing is unpacked any more: waits until all is proved.
     *
     * @throws DamagedBackupException when something is not what was stored
     */
    void require() throws InterruptedException {
        unpacked = true;
        try {
            proving.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("The proof failed", e.getCause());
        }
    }

    /** Whatever came of it, nobody waits for it any more. */
    @Override
    public void close() {
        unpacked = true;
        proving.cancel(true);
    }
}
