// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static dev.aegir.engine.db.PostgresText.identifier;
import static dev.aegir.engine.db.PostgresText.literal;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/**
 * PostgreSQL has the role that every site's account is a member of. It has no rights.
 *
 * @param name the step's name
 * @param place where
 */
record MakeSitesRole(String name, Place place) implements Step {
    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        try {
            if (isThere(new Session(context, place))) {
                return List.of();
            }
        } catch (DatabaseServerException e) {
            if (!Reachable.isNotYet(place, e)) {
                throw e;
            }
        }
        return List.of(new Change(
                Change.Kind.CREATE, place.server().value(), "postgresql role " + Postgres.SITES, "without rights"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        if (isThere(session)) {
            return;
        }
        context.remember(made(), true);
        try {
            session.change("CREATE ROLE " + identifier(Postgres.SITES) + " NOLOGIN;\n");
        } catch (DatabaseServerException e) {
            if (!session.dialect().isThere(e)) {
                throw e;
            }
            context.remember(made(), false);
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.recall(made(), Boolean.class).orElse(false)) {
            new Session(context, place).change("DROP ROLE IF EXISTS " + identifier(Postgres.SITES) + ";\n");
            // Asked once more, the server may be stopped already.
            context.remember(made(), false);
        }
    }

    private static boolean isThere(Session session) throws InterruptedException {
        return !session.read("SELECT 'sites' FROM pg_roles WHERE rolname = " + literal(Postgres.SITES) + ";\n")
                .isEmpty();
    }

    private String made() {
        return "database." + place.server() + ".sites.made";
    }
}
