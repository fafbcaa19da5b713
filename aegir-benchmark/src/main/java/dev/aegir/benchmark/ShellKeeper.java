// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.util.List;

/** Programs that are run by hand over the connection that is open. */
final class ShellKeeper implements Keeper {
    private static final String DUMP = "mariadb-dump --single-transaction --quick \"$1\"";
    private static final String LOAD = "mariadb restored";
    private static final String ROOM =
            "rm -rf /srv/restored /srv/restoring; mkdir /srv/restored /srv/restoring; cp -a \"$1/files\" /srv/restored/";
    private static final String SWITCH =
            "\nmv /srv/restored/files /srv/former; mv /srv/restoring/files /srv/restored/files; rm -rf /srv/former";

    private final Hosting hosting;
    private final String title;
    private final String prepare;
    private final Verbs files;
    private final Verbs database;

    /**
     * Scripts in bash.
     *
     * @param backUp of {@code $1}, a directory with files in it or a database
     * @param restore into {@code /srv/restoring}, or the other database
     */
    record Verbs(String backUp, String restore) {}

    private ShellKeeper(Hosting hosting, String title, String prepare, Verbs files, Verbs database) {
        this.hosting = hosting;
        this.title = title;
        this.prepare = prepare;
        this.files = files;
        this.database = database;
    }

    /** The least that can be done; also onto the disk, as all others do it. */
    static Keeper pipe(Hosting hosting) {
        return new ShellKeeper(
                hosting,
                "pipe",
                "rm -rf /srv/pipe; mkdir /srv/pipe",
                new Verbs(
                        "cd \"$1\"; tar -c files | zstd -3 -q -c >/srv/pipe/f; sync /srv/pipe/f",
                        "zstd -d -q -c /srv/pipe/f | tar -x -C /srv/restoring"),
                new Verbs(
                        DUMP + " | zstd -3 -q -c >/srv/pipe/d; sync /srv/pipe/d",
                        "zstd -d -q -c /srv/pipe/d | " + LOAD));
    }

    /** What tar can do about files that did not change; it knows nothing of databases. */
    static Keeper listed(Hosting hosting) {
        return new ShellKeeper(
                hosting, "tar -g", "rm -rf /srv/listed; mkdir /srv/listed", new Verbs("""
                        cd "$1"; n=$(ls /srv/listed | grep -c z || :)
                        tar -c -g /srv/listed/state files | zstd -3 -q -c >/srv/listed/z$n; sync /srv/listed/z$n
                        """, """
                        for z in /srv/listed/z*; do zstd -d -q -c $z | tar -x -g /dev/null -C /srv/restoring; done
                        """), new Verbs("", ""));
    }

    static Keeper restic(Hosting hosting) {
        String with = "export RESTIC_PASSWORD=benchmark RESTIC_REPOSITORY=/srv/restic; ";
        return new ShellKeeper(
                hosting,
                "restic",
                with + "rm -rf /srv/restic ~/.cache/restic; restic -q init",
                new Verbs(
                        with + "cd \"$1\"; restic -q backup --tag f files",
                        with + "restic -q restore latest --tag f --target /srv/restoring"),
                new Verbs(
                        with + DUMP + " | restic -q backup --tag d --stdin --stdin-filename dump.sql",
                        with + "restic -q dump --tag d latest dump.sql | " + LOAD));
    }

    static Keeper borg(Hosting hosting) {
        String with = "export BORG_PASSPHRASE=benchmark BORG_REPO=/srv/borg; ";
        String last = "\"::$(borg list --glob-archives '%s*' --last 1 --short)\"";
        return new ShellKeeper(
                hosting,
                "borg",
                with + "rm -rf /srv/borg ~/.cache/borg ~/.config/borg; borg init -e repokey-blake2",
                new Verbs(
                        with + "cd \"$1\"; borg create -C zstd,3 ::f$(date +%s%N) files",
                        with + "cd /srv/restoring; borg extract " + last.formatted("f")),
                new Verbs(
                        with + DUMP + " | borg create -C zstd,3 ::d$(date +%s%N) -",
                        with + "borg extract --stdout " + last.formatted("d") + " | " + LOAD));
    }

    static List<Keeper> all(Hosting hosting) {
        return List.of(pipe(hosting), listed(hosting), restic(hosting), borg(hosting));
    }

    @Override
    public String title() {
        return title;
    }

    @Override
    public boolean knows(Content content) {
        return !content.hasDatabase() || !database.backUp.isEmpty();
    }

    @Override
    public void forget() throws InterruptedException {
        hosting.shell("bench", prepare);
    }

    /** What a site has of both goes one after the other, as programs by hand do. */
    @Override
    public void backUp(Content content) throws InterruptedException {
        if (content.hasFiles()) {
            hosting.shell("bench", files.backUp, Hosting.directory(hosting.site(content)));
        }
        if (content.hasDatabase()) {
            hosting.shell("bench", database.backUp, hosting.database(content));
        }
    }

    /** What is there goes when all of it is there again, as with all others. */
    @Override
    public void restore(Content content) throws InterruptedException {
        if (content.hasFiles()) {
            hosting.shell("bench", files.restore + SWITCH);
        }
        if (content.hasDatabase()) {
            hosting.shell("bench", database.restore);
        }
    }

    @Override
    public void makeRoom(Content content) throws InterruptedException {
        if (content.hasFiles()) {
            hosting.shell("bench", ROOM, Hosting.directory(hosting.site(content)));
        }
        if (content.hasDatabase()) {
            hosting.shell("bench", "mariadb -e 'DROP DATABASE IF EXISTS restored; CREATE DATABASE restored'");
        }
    }

    @Override
    public String restored(Content content) throws InterruptedException {
        return hosting.fingerprint(content, "/srv/restored", "restored");
    }
}
