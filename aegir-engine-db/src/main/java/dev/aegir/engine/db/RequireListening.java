// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Stops a plan when other servers shall use a database server that listens on itself only. Changes nothing.
 *
 * @param name the step's name
 * @param place where
 */
record RequireListening(String name, Place place) implements Step {
    private static final Set<String> ITSELF = Set.of("", "localhost", "127.0.0.1", "::1");

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        try {
            require(context);
        } catch (DatabaseServerException e) {
            if (!Reachable.isNotYet(place, e)) {
                throw e;
            }
        }
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        require(context);
    }

    private void require(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        String listens = session.dialect().listens(session);
        if (Arrays.stream(listens.split(",")).map(String::strip).allMatch(ITSELF::contains)) {
            throw new RefusedException(place.described() + " listens on "
                    + (listens.isEmpty() ? "its socket" : listens)
                    + " only, so that no other server can use it. Set listen on the service, such as listen=0.0.0.0 or the"
                    + " address that the web servers know it by, and prepare the server again.");
        }
    }
}
