// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Runs a command of a site, once: with its account, its environment and its code, from a neutral directory, as the
 * application's own steps are run. So tools such as wp-cli or drush can be used where they are installed, and scripts of one's
 * own everywhere.
 *
 * <p>In the words, and nowhere else, three things stand for what only a plan knows: {@code {code}} for the directory of the release,
 * {@code {root}} for that of its web root, and {@code {interpreter}} for the program that runs the application's language:
 *
 * <pre>{@code
 * RunInSite.of("blog.example.net", "{interpreter}", "/usr/local/bin/wp", "--path={root}", "plugin", "list", "--format=json")
 * }</pre>
 *
 * <p>The task's results are {@code output} and {@code errors}, of which 256 KiB each are kept, and {@code exit}; passwords and keys
 * that Aegir keeps for the site are redacted from them, as from the log. No word is a secret: words are shown and stored.
 *
 * <p>An exit code other than 0 fails the task. What the command had done by then nobody knows, so such a task needs attention, unless
 * it {@linkplain #changingNothing changes nothing}. Nothing is undone in any case.
 *
 * @param site the site's name
 * @param words the program and its arguments
 * @param input what it reads on its standard input
 * @param timeout after how long it is killed
 * @param changes whether it may change anything
 */
public record RunInSite(DomainName site, List<String> words, String input, Duration timeout, boolean changes)
        implements Task {
    /** Copies. */
    public RunInSite {
        words = List.copyOf(words);
    }

    /**
     * A command that reads nothing and is given ten minutes.
     *
     * @param site the site's name
     * @param program the program
     * @param arguments its arguments
     * @return the task
     */
    public static RunInSite of(String site, String program, String... arguments) {
        List<String> words = new ArrayList<>(List.of(program));
        words.addAll(Arrays.asList(arguments));
        return new RunInSite(DomainName.of(site), words, "", Duration.ofMinutes(10), true);
    }

    /**
     * This, with something to read.
     *
     * @param text what the command reads, such as a script; no secrets, for it is stored
     * @return a copy
     */
    public RunInSite reading(String text) {
        return new RunInSite(site, words, text, timeout, changes);
    }

    /**
     * This, with another limit.
     *
     * @param limit after how long it is killed
     * @return a copy
     */
    public RunInSite within(Duration limit) {
        return new RunInSite(site, words, input, limit, changes);
    }

    /**
     * This, which only looks: when it fails, the task is rolled back.
     *
     * @return a copy
     */
    public RunInSite changingNothing() {
        return new RunInSite(site, words, input, timeout, false);
    }

    @Override
    public String title() {
        return "run " + words.get(0) + " in site " + site;
    }
}
