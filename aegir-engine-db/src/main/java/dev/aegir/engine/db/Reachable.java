// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.StepContext;
import java.util.Optional;
import java.util.Set;

/** Looks at database servers that may not be there yet, as previews must. */
final class Reachable {
    /** The code of a client that is not installed. */
    static final String NO_CLIENT = "no-client";

    /** The code of a server that does not listen on its socket. */
    static final String NO_SERVER = "no-server";

    private static final Set<String> NOT_YET = Set.of(NO_CLIENT, NO_SERVER, "2002");

    private Reachable() {}

    /** What there is; nothing on a server whose software an earlier step of the plan brings or starts. */
    static Found preview(StepContext context, Place place, Database database) throws InterruptedException {
        Session session = new Session(context, place);
        try {
            return session.dialect().look(session, database, context.findSecret(database.password()));
        } catch (DatabaseServerException e) {
            if (isNotYet(place, e)) {
                return Found.NOTHING;
            }
            throw e;
        }
    }

    static boolean isNotYet(Place place, DatabaseServerException said) {
        return place.remote().isEmpty() && NOT_YET.contains(said.code());
    }

    /** What there is, with the secret if there is one. */
    static Found look(Session session, StepContext context, Database database) throws InterruptedException {
        return session.dialect().look(session, database, Optional.of(context.secret(database.password())));
    }
}
