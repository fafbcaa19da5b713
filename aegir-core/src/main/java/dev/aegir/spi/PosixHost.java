// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Fence;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.internal.host.PosixAgent;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import java.util.List;

/**
 * A host made of nothing but a way to start programs on a POSIX machine. A small fixed shell program is kept running there
 * and asked for everything, one round trip a request; nothing is installed. It needs a POSIX shell, GNU coreutils,
 * findutils, tar, awk, and flock, setsid and runuser of util-linux, as every Linux distribution has them.
 *
 * <p>On the host, the state directory ({@code /var/lib/aegir} by habit) holds the files as they were before transactions
 * (kept for seven days), the checksums of what was last written, the highest owner seen of every resource, and the commands
 * that are run once. Only the privileged account can read it.
 *
 * <p>Thread-safe; as many requests as there are threads, up to four at a time.
 */
public final class PosixHost implements Host {
    private final PosixAgent agent;
    private final boolean view;

    private PosixHost(PosixAgent agent, boolean view) {
        this.agent = agent;
        this.view = view;
    }

    /**
     * Over a connection whose programs run as the privileged account.
     *
     * @param server the server's name
     * @param connection the connection; closed with the host
     * @param state the state directory
     * @return the host
     */
    public static PosixHost over(Name server, Connection connection, HostPath state) {
        return over(server, connection, state, List.of());
    }

    /**
     * Over a connection whose programs need a word before them to be privileged, such as {@code sudo -n}.
     *
     * @param server the server's name
     * @param connection the connection; closed with the host
     * @param state the state directory
     * @param privilege the words
     * @return the host
     */
    public static PosixHost over(Name server, Connection connection, HostPath state, List<String> privilege) {
        return new PosixHost(new PosixAgent(server, connection, state, privilege), false);
    }

    /**
     * How many requests were made so far, each of them one round trip: what distance costs.
     *
     * @return the number
     */
    public long requests() {
        return agent.requests();
    }

    @Override
    public Name server() {
        return agent.server();
    }

    @Override
    public CommandResult run(Command command, Input input) throws InterruptedException {
        return agent.run(command, input);
    }

    @Override
    public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
        return agent.runOnce(key, command, input);
    }

    @Override
    public void stop(String key) throws InterruptedException {
        agent.stop(key);
    }

    @Override
    public RunningCommand start(Command command) throws InterruptedException {
        return agent.start(command);
    }

    @Override
    public HostFiles files() {
        return agent.files();
    }

    @Override
    public Host fenced(Fence fence) {
        return new PosixHost(agent.fenced(fence), true);
    }

    @Override
    public void close() {
        // A view has nothing of its own: others go on with the connection.
        if (!view) {
            agent.close();
        }
    }
}
