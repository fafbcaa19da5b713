// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.Config;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Factory;
import net.schmizz.sshj.common.SecurityUtils;
import net.schmizz.sshj.transport.cipher.Cipher;

/** How sshj must be set to be fast: see the comments, each of which was measured. */
final class SshSettings {
    /** A server that lives says something as often as this; {@link LineWatch} listens. */
    private static final int KEEP_ALIVE_SECONDS = 10;

    /** Enough for 20 MiB/s at a distance of 400 ms; with less, distance limits throughput. */
    private static final int WINDOW = 8 * 1024 * 1024;

    private static final Config CONFIG = make();

    private SshSettings() {}

    /** One for all: it is only read, and each that is made says at length which ciphers there are not. */
    static Config config() {
        return CONFIG;
    }

    private static Config make() {
        // The JDK's ciphers are four times as fast as the other provider's. This setting of sshj is for the whole
        // program.
        SecurityUtils.setRegisterBouncyCastle(false);
        EcdsaKeys.provide();
        DefaultConfig config = new DefaultConfig();
        config.setLoggerFactory(new SshLog());
        config.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
        // Unread is never more than the window. Otherwise sshj lets the server send twice as much, and doubles the
        // array that has it for the last byte: 24 MiB for one channel.
        config.setMaxCircularBufferSize(WINDOW + 1);
        List<Factory.Named<Cipher>> ciphers = config.getCipherFactories().stream()
                .sorted(Comparator.comparingInt(cipher -> cipher.getName().contains("gcm") ? 0 : 1))
                .toList();
        config.setCipherFactories(ciphers);
        return config;
    }

    static void apply(SSHClient client, LineWatch watch, Duration patience) {
        client.setSocketFactory(watch);
        client.setConnectTimeout((int) patience.toMillis());
        client.getTransport().setTimeoutMs((int) patience.toMillis());
        client.getConnection().setTimeoutMs((int) patience.toMillis());
        client.getConnection().setWindowSize(WINDOW);
        // Before it connects: afterwards sshj does not begin any more.
        if (client.getConnection().getKeepAlive() instanceof KeepAliveRunner runner) {
            runner.setKeepAliveInterval(KEEP_ALIVE_SECONDS);
        }
    }
}
