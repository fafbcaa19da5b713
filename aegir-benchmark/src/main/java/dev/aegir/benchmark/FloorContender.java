// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.backend.ssh.SshBackend;
import dev.aegir.host.Command;
import dev.aegir.host.FileChange;
import dev.aegir.host.Host;
import dev.aegir.host.RunningCommand;
import dev.aegir.model.Server;
import dev.aegir.spi.Secrets;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/**
 * The least that can be done: an archive made beforehand, of exactly the files that differ, unpacked by one command on an open
 * connection, with one check and one reload whose effect nobody waits for; or one comparison of checksums made beforehand.
 * It keeps nothing to go back to, and proves nothing.
 */
final class FloorContender implements Contender {
    private static final Command WRITE =
            Command.of("sh", "-c", "tar -xf - -C / && nginx -t -q && systemctl reload nginx");
    private static final Command COMPARE = Command.of("sha256sum", "--check", "--quiet", "-");

    private final Server server;
    private final Host host;

    FloorContender(Server server, Secrets secrets) throws InterruptedException {
        this.server = server;
        this.host = new SshBackend().connect(server, secrets);
    }

    @Override
    public Measured converge(Fleet fleet, Case which) throws IOException, InterruptedException {
        List<FileChange.Write> files = Publication.files(server, fleet);
        byte[] input = switch (which) {
            case FIRST -> Bundle.tar(files);
            case UNCHANGED -> Bundle.checksums(files);
            case ONE_CHANGED -> Bundle.tar(files.subList(0, 1));
        };
        Command command = which == Case.UNCHANGED ? COMPARE : WRITE;
        long begun = System.nanoTime();
        try (RunningCommand running = host.start(command)) {
            try (OutputStream stdin = running.stdin()) {
                stdin.write(input);
            }
            String said = new String(running.stdout().readAllBytes(), StandardCharsets.UTF_8)
                    + new String(running.stderr().readAllBytes(), StandardCharsets.UTF_8);
            int exit = running.waitFor(Duration.ofMinutes(1)).orElse(-1);
            if (exit != 0) {
                throw new IllegalStateException("the floor ended with " + exit + ": " + said);
            }
        }
        return Measured.since(begun, OptionalLong.empty());
    }

    @Override
    public void close() {
        host.close();
    }
}
