// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.AegirException;
import dev.aegir.model.DomainName;
import dev.aegir.model.Name;

/** A site's WordPress does not do what it was asked. */
public final class WordPressException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final Problem problem;

    /** What is wrong. */
    public enum Problem {
        /** The codebase has no WordPress in its web root. */
        NO_WORDPRESS("its codebase is no WordPress", "Name the directory with wp-load.php as the codebase's web root."),
        /** The database cannot be reached. */
        DATABASE("it cannot reach its database", "See whether the database service runs, and verify the site."),
        /** The database has no tables of WordPress. */
        NOT_INSTALLED("it is not installed", "Delete the site and install it again, or restore its database."),
        /** Its tables cannot get the names that they have here. */
        TABLES(
                "its tables cannot be given names that begin with wp_",
                "Rename them where it came from, or bring only its own."),
        /** The database has tables, and was to be installed into. */
        NOT_EMPTY("it cannot be installed", "Install into a database that is empty."),
        /** Uploads cannot be written. */
        NOT_WRITABLE("it cannot keep uploads", "Verify the site, which gives its directories back to its account."),
        /** The codebase does not speak the site's language. */
        NO_LANGUAGE(
                "its language is missing", "Choose another with the site's setting locale, or add it to the codebase."),
        /** There is no such account in the site. */
        NO_USER("nobody is there of that name", "Name an account that the site has."),
        /** A copy that was to be sanitised still has addresses of people, or keys of payment providers. */
        ADDRESSES_LEFT(
                "addresses of people or keys of payment providers are left in its database",
                "They are in what cannot be changed: allow addresses with the site's setting sanitise.keep, or remove them."),
        /** A copy that was to be sanitised still has what was to be gone or switched off. */
        ROWS_LEFT(
                "what was to be gone or switched off is still in its database",
                "Something puts it back: find out what, and remove it."),
        /** There is no such table. */
        NO_TABLE("a table is missing", "See which tables the site's setting sanitise.empty names."),
        /** The program that its setting {@code tool} names is not there, or does not work. */
        NO_TOOL(
                "the program that is to do this cannot be used",
                "Add it to the codebase, or choose another by the site's setting tool."),
        /** A program of others, which does this for it, failed. */
        TOOL("what does this for it failed", "Mend what it says; the site's setting tool=runner does without it."),
        /** A program of others, which does this for it, says that it is done. */
        NOT_DONE(
                "what does this for it said that it is done, and it is not",
                "The site's setting tool=runner does without it."),
        /** Its code ends with an error. */
        DIES("its code ends with an error", "Mend the plugin, theme or code that the message names."),
        /** Its code ended without an answer. */
        NO_ANSWER("its code gave no answer", "Look for a plugin or code that ends the program or prints instead.");

        private final String what;
        private final String next;

        Problem(String what, String next) {
            this.what = what;
            this.next = next;
        }
    }

    WordPressException(Name server, DomainName site, Problem problem, String said) {
        super(server + ": WordPress of the site " + site + ": " + problem.what
                + (said.isBlank() ? ". " : ": " + said.replaceAll("(?<!\\.)\\.$", "") + ". ") + problem.next);
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
