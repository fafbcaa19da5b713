// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.model.Database;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * There are no support accounts of a database whose time is over. They are not put back.
 *
 * @param name the step's name
 * @param place where
 * @param database the database
 */
record SweepSupportAccounts(String name, Place place, Database database) implements Step {
    private static final Pattern NAME = Pattern.compile("support_([0-9a-z]{1,8})_[0-9a-f]{1,8}");
    private static final int BASE = 36;

    /** The name of an account that is over at a time, in whole minutes. */
    static String account(Instant until, Database database, String who) {
        long minutes = Duration.between(Instant.EPOCH, until).toMinutes();
        return "support_" + Long.toString(minutes, BASE) + "_"
                + Integer.toHexString((Client.known(database) + who).hashCode());
    }

    /** Until when an account is, by its name; nothing for accounts of other kinds. */
    static Optional<Instant> until(String account) {
        Matcher named = NAME.matcher(account);
        return named.matches()
                ? Optional.of(Instant.EPOCH.plus(Duration.ofMinutes(Long.parseLong(named.group(1), BASE))))
                : Optional.empty();
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        List<Change> changes = new ArrayList<>();
        if (Reachable.preview(context, place, database).ours(database)) {
            for (String account : over(context, new Session(context, place))) {
                changes.add(new Change(
                        Change.Kind.DELETE,
                        place.server().value(),
                        place.software().engine() + " account " + account,
                        "its time is over"));
            }
        }
        return changes;
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        if (!session.dialect().look(session, database, Optional.empty()).ours(database)) {
            return;
        }
        for (String account : over(context, session)) {
            Database other = database.user(account, database.password());
            Found found = session.dialect().look(session, other, Optional.empty());
            found.requireAccountOurs(place, other, java.util.Set.of());
            session.dialect().dropAccount(session, other, found.hosts());
            context.log("removed the support account " + account);
        }
    }

    private List<String> over(StepContext context, Session session) throws InterruptedException {
        List<String> over = new ArrayList<>();
        for (String account : session.dialect().accounts(session, database)) {
            if (until(account).filter(time -> !time.isAfter(context.now())).isPresent()) {
                over.add(account);
            }
        }
        return over;
    }
}
