// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Server;
import dev.aegir.spi.Planner;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Plan;
import dev.aegir.task.Step;
import java.util.Optional;
import java.util.Set;

/** Plans {@link DeployServerKey}. */
public final class DeployServerKeyHandler implements TaskHandler<DeployServerKey> {
    /** For ServiceLoader. */
    public DeployServerKeyHandler() {}

    @Override
    public String name() {
        return "server.deploy-key";
    }

    @Override
    public Class<DeployServerKey> type() {
        return DeployServerKey.class;
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(AuthorizeKey.class);
    }

    @Override
    public Plan plan(DeployServerKey task, Planner planner) {
        Server server = RotateServerKeyHandler.onlySsh(planner.serverAlone(task.server()));
        SshAddress address = SshAddress.of(server);
        return Plan.of(new AuthorizeKey(server.name(), address.account(), Optional.of(task.publicKey())));
    }
}
