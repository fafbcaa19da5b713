// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.copy.SanitisePolicy;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A copy of a production site reaches nobody, and no key of the original opens it: sessions, passwords, tokens, what waits to be
 * done, logs and caches are gone, nobody can pay, no address of a person and no key of a payment provider is left but those that are
 * allowed, and that is looked at again. What it changes is a copy, which goes when the task is taken back.
 *
 * @param name the step's name
 * @param drupal the copy
 * @param policy what its settings say
 */
record SanitiseDrupal(String name, DrupalSite drupal, SanitisePolicy policy) implements Step {
    /** Tables that have nothing a copy needs; with a star, all whose names begin so. */
    static final List<String> EMPTY = List.of(
            "sessions",
            "watchdog",
            "flood",
            "queue",
            "batch",
            "semaphore",
            "key_value_expire",
            "cache_*",
            "cachetags",
            "oauth2_token");

    /**
     * A statement for tables that a site may have or not.
     *
     * @param table the table
     * @param column a column of it that must be there
     * @param sql the statement, as MySQL and PostgreSQL both read it
     */
    record Statement(String table, String column, String sql) {}

    static final List<Statement> STATEMENTS = List.of(
            // No hash is so: nobody's password opens it, and links that were sent for one do not either.
            new Statement("users_field_data", "pass", "UPDATE users_field_data SET pass = '!' WHERE uid > 0"),
            new Statement("users_field_data", "api_key", "UPDATE users_field_data SET api_key = NULL"),
            new Statement("users_data", "module", "DELETE FROM users_data WHERE module = 'tfa'"),
            new Statement("consumer_field_data", "secret", "UPDATE consumer_field_data SET secret = '!'"),
            new Statement("comment_field_data", "hostname", "UPDATE comment_field_data SET hostname = ''"),
            new Statement("webform_submission", "remote_addr", "UPDATE webform_submission SET remote_addr = ''"),
            // Made again when it is missed.
            new Statement(
                    "key_value",
                    "collection",
                    "DELETE FROM key_value WHERE collection = 'state' AND name IN ('system.private_key',"
                            + " 'system.cron_key', 'system.test_mail_collector')"));

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                drupal.workbench().server().value(),
                "sanitise the database of " + drupal.name(),
                "sessions, passwords, keys, logs, payment, " + policy.told() + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> arguments = Map.of(
                "keep", policy.keep(),
                "emptied", policy.empty(),
                "forget", policy.forget(),
                "empty", String.join(" ", EMPTY),
                "change", StoredForm.write(STATEMENTS));
        Map<String, String> facts = drupal.askOnce(context, "sanitise", arguments, Duration.ofHours(1));
        context.results(Map.of(
                "sanitised.addresses", facts.getOrDefault("addresses", "?"),
                "sanitised.left", facts.getOrDefault("left", "?")));
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        // After a crash the run may still be under way, and must not go on beside what takes the rest back.
        context.host(drupal.workbench().server()).stop(context.key());
    }
}
