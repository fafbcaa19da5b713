// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.model.AegirException;
import dev.aegir.model.DomainName;
import dev.aegir.model.Name;

/** A site's Drupal cannot do what it was asked to. What it has done until then, its database says. */
public final class DrupalException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final Problem problem;

    /** What is wrong. */
    public enum Problem {
        /** The codebase is no Drupal, or its web root is another. */
        NO_DRUPAL("the code is no Drupal; look at the codebase's source and web root"),
        /** This Drupal is older than what can be managed. */
        TOO_OLD("its Drupal is too old; bring a codebase with a newer one"),
        /** Drupal does not find the site's settings. */
        NO_SETTINGS("its settings are not found; verify the site"),
        /** Its database cannot be reached. */
        DATABASE("its database cannot be reached; verify the site"),
        /** Nothing is installed in its database. */
        NOT_INSTALLED("it is not installed; delete and install it, or restore a backup"),
        /** There is no such account, or it is blocked. */
        NO_USER("there is nobody to do it for; name another account"),
        /** The code needs something that is missing. */
        REQUIREMENTS("what the code needs is missing; mend that and update again"),
        /** An update of the database failed. */
        UPDATE("its database is updated in part only; restore it, or mend the cause and update again"),
        /** Cron did not run. */
        CRON("its cron did not run; try again, or look into its log"),
        /** A copy has addresses of people, or keys of payment providers, that could not be taken out of it. */
        ADDRESSES_LEFT(
                "addresses of people or keys of payment providers are left in it; name the addresses that may stay in"
                        + " the setting sanitise.keep, or leave the rows out"),
        /** A copy still has what was to be gone or switched off. */
        ROWS_LEFT("what was to be gone or switched off is still there; find out what puts it back"),
        /** There is no such table. */
        NO_TABLE("a table is missing; see which ones the setting sanitise.empty names"),
        /** The program that its setting {@code tool} names is not there, or does not work. */
        NO_TOOL(
                "what is to do this cannot be used; add it to the codebase, or choose another by the site's setting tool"),
        /** A program of others, which does this for it, failed. */
        TOOL("what does this for it failed; mend what it says, or do it without, by the site's setting tool=runner"),
        /** A program of others, which does this for it, says that it is done. */
        NOT_DONE(
                "what did this for it ended without an error, and it is not done; the setting tool=runner does without it"),
        /** The site's code broke down. */
        DIES("its code broke down; look into its log, or try another codebase"),
        /** There was no answer. */
        NO_ANSWER("its code gave no answer; look into its log, or try another codebase");

        private final String advice;

        Problem(String advice) {
            this.advice = advice;
        }
    }

    /**
     * For a site.
     *
     * @param server the server's name
     * @param site the site's name
     * @param problem what is wrong
     * @param said what its code said
     */
    public DrupalException(Name server, DomainName site, Problem problem, String said) {
        super(server + ": the Drupal of the site " + site + " cannot do that: " + problem.advice + ". It said: "
                + said);
        this.problem = problem;
    }

    /**
     * What is wrong.
     *
     * @return the problem
     */
    public Problem problem() {
        return problem;
    }
}
