// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes a link that logs somebody in, once. Nothing is changed: Drupal knows its own links.
 *
 * @param name the step's name
 * @param drupal the site
 * @param user the account's name or address; absent for the first
 */
record MakeLoginLink(String name, DrupalSite drupal, Optional<String> user) implements Step {
    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, String> facts = drupal.ask(context, "login", Map.of("user", user.orElse("")));
        String salt = context.secret(DrupalSite.salt(drupal.id())).reveal();
        context.result("login.link", link(salt, facts));
    }

    String link(String salt, Map<String, String> facts) {
        String uid = number(facts, "uid");
        long time = Long.parseLong(number(facts, "now"));
        String prefix = facts.getOrDefault("prefix", "");
        String proof = facts.getOrDefault("proof", "");
        String hash = proof.matches("[A-Za-z0-9_-]{43}")
                ? proof
                : LoginHash.of(
                        salt,
                        facts.getOrDefault("hash", ""),
                        time,
                        number(facts, "login"),
                        uid,
                        facts.getOrDefault("mail", ""));
        return drupal.url() + (prefix.matches("[A-Za-z0-9_-]{1,30}") ? "/" + prefix : "") + "/user/reset/" + uid + "/"
                + time + "/" + hash + "/login";
    }

    /** What the site's code says goes into a link that people follow. */
    private String number(Map<String, String> facts, String name) {
        String value = facts.getOrDefault(name, "");
        if (!value.matches("[0-9]{1,18}")) {
            throw new DrupalException(
                    drupal.workbench().server(),
                    drupal.name(),
                    DrupalException.Problem.NO_ANSWER,
                    "the " + name + " of the account is no number");
        }
        return value;
    }
}
