// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A bare git repository in a lab server, as a real source of code: made of commits that are the same in every run, dates
 * and ids included. A reset of its server removes it, so it is best kept on a server of its own.
 *
 * <pre>{@code
 * LabGit git = LabGit.create(lab.server("git1"), "/srv/git/handbook.git")
 *         .commit(Map.of("public/index.html", "<h1>One</h1>"), "First page")
 *         .tag("v1")
 *         .commit(Map.of("public/index.html", "<h1>Two</h1>"), "Better page");
 * git.daemonUrl(); // git://git1/srv/git/handbook.git
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class LabGit {
    private static final long FIRST_COMMIT = 1_767_225_600L; // 2026-01-01T00:00:00Z
    private static final long BETWEEN_COMMITS = 3600;

    private final LabServer server;
    private final String path;
    private String branch = "main";
    private int made;

    private LabGit(LabServer server, String path) {
        this.server = server;
        this.path = path;
    }

    /**
     * Makes an empty repository, in place of whatever is there.
     *
     * @param server where
     * @param path its absolute path, such as {@code /srv/git/handbook.git}
     * @return the repository, on its branch {@code main}
     */
    public static LabGit create(LabServer server, String path) {
        server.exec("rm", "-rf", "--", path).orThrow();
        server.exec("git", "init", "--quiet", "--bare", "--initial-branch=main", "--", path)
                .orThrow();
        return new LabGit(server, path);
    }

    /**
     * Makes a small static site with a history: {@code main} with the tags {@code v1}, {@code v2} and {@code v3}, and the
     * branch {@code next}, one commit ahead of it. The site is in {@code public/}, with pages, a style sheet and an image.
     *
     * @param server where
     * @param path its absolute path
     * @return the repository, on its branch {@code main}
     */
    public static LabGit handbook(LabServer server, String path) {
        String image = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"><circle r=\"4\"/></svg>\n";
        return create(server, path)
                .commit(
                        Map.of(
                                "README.md",
                                "# Handbook\n",
                                "public/index.html",
                                page("Handbook", "Version 1"),
                                "public/style.css",
                                "body { font-family: serif }\n",
                                "public/images/mark.svg",
                                image),
                        "Start the handbook")
                .tag("v1")
                .commit(
                        Map.of(
                                "public/index.html", page("Handbook", "Version 2"),
                                "public/chapters/one.html", page("Chapter one", "It begins.")),
                        "Add a chapter")
                .tag("v2")
                .commit(Map.of("public/index.html", page("Handbook", "Version 3")), "Say the version")
                .remove(List.of("public/images/mark.svg"), "Drop the image")
                .tag("v3")
                .branch("next")
                .commit(Map.of("public/index.html", page("Handbook", "Version 4, not yet")), "Try something")
                .checkout("main");
    }

    private static String page(String title, String text) {
        return """
                <!doctype html>
                <html lang="en"><head><title>%1$s</title><link rel="stylesheet" href="/style.css"></head>
                <body><h1>%1$s</h1><p>%2$s</p></body></html>
                """.formatted(title, text);
    }

    /**
     * Commits files to the current branch.
     *
     * @param files their new contents by path; all others stay as they are
     * @param message the commit's message
     * @return this
     */
    public LabGit commit(Map<String, String> files, String message) {
        StringBuilder changes = new StringBuilder();
        new TreeMap<>(files)
                .forEach((file, content) -> changes.append("M 100644 inline ")
                        .append(plain(file))
                        .append('\n')
                        .append(data(content)));
        return append(changes, message);
    }

    /**
     * Commits that files are gone.
     *
     * @param files their paths, or directories
     * @param message the commit's message
     * @return this
     */
    public LabGit remove(List<String> files, String message) {
        StringBuilder changes = new StringBuilder();
        files.forEach(file -> changes.append("D ").append(plain(file)).append('\n'));
        return append(changes, message);
    }

    private LabGit append(StringBuilder changes, String message) {
        boolean first =
                !git("rev-parse", "--verify", "--quiet", "refs/heads/" + branch).succeeded();
        String stream = "commit refs/heads/" + branch + "\n"
                + "committer " + identity() + "\n"
                + data(message)
                + (first ? "" : "from refs/heads/" + branch + "^0\n")
                + changes;
        server.execWithInput(stream, "git", "--git-dir", path, "fast-import", "--quiet")
                .orThrow();
        return this;
    }

    /** One more hour for every commit and tag: the same in every run. */
    private String identity() {
        return "Aegir Lab <lab@example.net> " + (FIRST_COMMIT + BETWEEN_COMMITS * made++) + " +0000";
    }

    private static String data(String text) {
        return "data " + text.getBytes(StandardCharsets.UTF_8).length + "\n" + text + "\n";
    }

    private static String plain(String file) {
        if (file.isEmpty() || file.startsWith("/") || file.startsWith("\"") || file.contains("\n")) {
            throw new IllegalArgumentException("Not a path in a repository: '" + file + "'");
        }
        return file;
    }

    /**
     * Tags the newest commit of the current branch, with an annotated tag.
     *
     * @param tag the tag's name
     * @return this
     */
    public LabGit tag(String tag) {
        String stream = "tag " + tag + "\nfrom refs/heads/" + branch + "^0\ntagger " + identity() + "\n" + data(tag);
        server.execWithInput(stream, "git", "--git-dir", path, "fast-import", "--quiet")
                .orThrow();
        return this;
    }

    /**
     * Begins a branch at the newest commit of the current one, and goes on with it.
     *
     * @param branch the new branch's name
     * @return this
     */
    public LabGit branch(String branch) {
        git("branch", "--", branch, this.branch).orThrow();
        this.branch = branch;
        return this;
    }

    /**
     * Goes on with another branch.
     *
     * @param branch an existing branch's name
     * @return this
     */
    public LabGit checkout(String branch) {
        git("rev-parse", "--verify", "refs/heads/" + branch).orThrow();
        this.branch = branch;
        return this;
    }

    /**
     * The id of the commit that a name leads to.
     *
     * @param ref a branch, a tag or {@code HEAD}
     * @return the full commit id
     */
    public String commitId(String ref) {
        return git("rev-parse", "--verify", ref + "^{commit}")
                .orThrow()
                .stdout()
                .strip();
    }

    /**
     * For programs in the same server.
     *
     * @return such as {@code file:///srv/git/handbook.git}
     */
    public String fileUrl() {
        return "file://" + path;
    }

    /**
     * For other servers, after {@link LabServer#mayReach} let them in.
     *
     * @return such as {@code ssh://root@git1/srv/git/handbook.git}
     */
    public String sshUrl() {
        return "ssh://root@" + server.name() + path;
    }

    /**
     * For all servers of the lab, read only and without a key: starts git's own daemon when it does not run yet.
     *
     * @return such as {@code git://git1/srv/git/handbook.git}
     */
    public String daemonUrl() {
        if (!server.exec("systemctl", "--quiet", "is-active", "lab-git-daemon").succeeded()) {
            server.exec(
                            "systemd-run",
                            "--quiet",
                            "--unit=lab-git-daemon",
                            "--property=ExecStartPost=/bin/sh -c 'until ss -Hltn sport = :9418 | grep -q .; do sleep 0.02; done'",
                            "git",
                            "daemon",
                            "--export-all",
                            "--base-path=/",
                            "--reuseaddr")
                    .orThrow();
        }
        return "git://" + server.name() + path;
    }

    private ExecResult git(String... words) {
        String[] command = new String[words.length + 3];
        command[0] = "git";
        command[1] = "--git-dir";
        command[2] = path;
        System.arraycopy(words, 0, command, 3, words.length);
        return server.exec(command);
    }
}
