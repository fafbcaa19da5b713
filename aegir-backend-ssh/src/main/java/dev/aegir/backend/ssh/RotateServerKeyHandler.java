// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import dev.aegir.spi.Planner;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Plan;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Plans {@link RotateServerKey}. */
public final class RotateServerKeyHandler implements TaskHandler<RotateServerKey> {
    /** For ServiceLoader. */
    public RotateServerKeyHandler() {}

    @Override
    public String name() {
        return "server.rotate-key";
    }

    @Override
    public Class<RotateServerKey> type() {
        return RotateServerKey.class;
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(
                MakeServerKey.class,
                AuthorizeKey.class,
                ProveLogin.class,
                SaveCredential.class,
                RemoveReplacedKey.class,
                ForgetReplacedKey.class);
    }

    @Override
    public Plan plan(RotateServerKey task, Planner planner) {
        Server server = planner.serverAlone(task.server());
        Name name = server.name();
        SshAddress address = SshAddress.of(onlySsh(server));
        Optional<SecretRef> old = server.credential();
        if (old.equals(Optional.of(task.secret()))) {
            return Plan.empty();
        }
        planner.inventory().servers().stream()
                .filter(other -> !other.name().equals(name) && sameLogin(other, address))
                .findFirst()
                .ifPresent(other -> {
                    throw new RefusedException(
                            "The server " + other.name() + " is the same account (" + address + ") as " + name
                                    + "; with its old key gone it could not be reached. Remove one of the two.");
                });
        Plan plan = Plan.of(
                        new MakeServerKey(server, task.secret()),
                        new AuthorizeKey(name, address.account(), Optional.empty()),
                        new ProveLogin(server.credential(task.secret())),
                        new SaveCredential(name, task.secret()))
                .commit();
        List<Step> after = new ArrayList<>();
        if (old.isPresent() || address.key().isPresent()) {
            after.add(new RemoveReplacedKey(name, address.account()));
        }
        old.ifPresent(key -> after.add(new ForgetReplacedKey(name, key)));
        return plan.then(after);
    }

    /** The server, when its keys are ours to change. */
    static Server onlySsh(Server server) {
        if (!"ssh".equals(server.address().getScheme())) {
            throw new RefusedException("The server " + server.name() + " is reached by " + server.address()
                    + ", not by SSH; it has no SSH key to change.");
        }
        return server;
    }

    private static boolean sameLogin(Server other, SshAddress address) {
        if (!"ssh".equals(other.address().getScheme())) {
            return false;
        }
        SshAddress theirs = SshAddress.of(other);
        return theirs.toString().equals(address.toString());
    }
}
