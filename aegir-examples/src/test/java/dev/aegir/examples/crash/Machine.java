// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Id;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A server that is looked at, kept as it is, and brought back.
 *
 * @param server the server
 */
record Machine(LabServer server) {
    private static final String[] WATCHED = {
        "/etc", "/srv/aegir", "/var/aegir", "/usr/share/nginx", "/root/.ssh", "/run/aegir-mesh"
    };
    private static final String SNAPSHOTS = "/media/crash-matrix/";
    private static final String TREES =
            "etc srv var/lib/aegir var/cache/aegir opt/applications/notes opt/applications/notes-next";

    /** Everything that runs or is kept there because of a site. */
    private static final String QUIET = "systemctl stop 'aegir-php*' php8.2-fpm php8.4-fpm mariadb 2>/dev/null; "
            + Stream.of(Made.SITE_ID, Made.COPY_ID, Made.SCRATCH_ID)
                    .map(Id::account)
                    .map(account -> "pkill -KILL -u " + account + "; ")
                    .collect(Collectors.joining());

    private static final String LOUD = "systemctl daemon-reload; for v in 8.2 8.4; do "
            + "[ -e /etc/tmpfiles.d/aegir-php$v.conf ] || continue; systemd-tmpfiles --create /etc/tmpfiles.d/aegir-php$v.conf && systemctl start php$v-fpm || exit 1; done; "
            + "for t in /etc/systemd/system/timers.target.wants/aegir-php*; do "
            + "[ ! -e \"$t\" ] || systemctl start \"${t##*/}\" || exit 1; done; ";

    /** What WordPress writes whenever it is asked for a page, and what a server says of itself, is not what people wrote. */
    private static final String DUMPED = "for d in $(mariadb -N -e \"SHOW DATABASES LIKE 's01%'\"); do "
            + "printf '%s holds ' \"$d\"; mariadb-dump --skip-dump-date --skip-comments --skip-extended-insert \"$d\" "
            + "| grep -a -v -e _transient_ -e \",'cron',\" -e aegir -e AUTO_INCREMENT | sha256sum; done";

    /** Lists for people, each of what one server has. */
    record Look(Fingerprint files, List<String> rows) {
        Stream<String> differencesFrom(Look other) {
            Stream<String> gone =
                    other.rows.stream().filter(row -> !rows.contains(row)).map(row -> "gone: " + row);
            Stream<String> fresh =
                    rows.stream().filter(row -> !other.rows.contains(row)).map(row -> "new: " + row);
            return Stream.of(files.differencesFrom(other.files).stream(), gone, fresh)
                    .flatMap(all -> all);
        }
    }

    /** The server as it is; what a release says about the task that made it differs from run to run, as do archives. */
    Look look(Scenario scenario) {
        Fingerprint files = server.fingerprint(WATCHED)
                .without(path -> path.endsWith("/RELEASE")
                        || path.startsWith("/srv/aegir/backups/")
                        || path.matches("/run/aegir-mesh(/[^/]*lock)?"));
        if (scenario.kind() == Made.Kind.PAGES) {
            return new Look(files, List.of());
        }
        // What useradd keeps of files as they were; and settings, whose passwords are random: whether they are right,
        // the
        // site's answer tells.
        String volatileNames = scenario.isWritten() ? "logs|tmp|sessions" : "logs|tmp|sessions|files";
        Fingerprint stable = files.without(path ->
                path.matches("/etc/(group|gshadow|passwd|shadow|subuid|subgid)-|/srv/aegir/sites/[^/]*/settings/.*"
                        + "|/srv/aegir/sites/[^/]*/(" + volatileNames + ")/.*"));
        List<String> rows = new ArrayList<>(answers(scenario));
        if (scenario.kind() == Made.Kind.WORDPRESS) {
            rows.addAll(server.execWithInput("""
                        SELECT SCHEMA_NAME, SCHEMA_COMMENT FROM information_schema.SCHEMATA ORDER BY 1;
                        SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE 's01%' ORDER BY 1, 2;
                        SELECT User, Host FROM mysql.global_priv ORDER BY 1, 2;
                        SELECT * FROM mysql.db ORDER BY User, Host, Db;
                        """, "mariadb", "-N")
                    .orThrow()
                    .stdout()
                    .lines()
                    .toList());
            if (scenario.before().contains(Scenario.Step.WRITE)) {
                rows.addAll(server.exec("sh", "-c", DUMPED)
                        .orThrow()
                        .stdout()
                        .lines()
                        .toList());
            }
        }
        return new Look(stable, rows);
    }

    /** What visitors get from this server: of a program of ours all, of WordPress how it ended. */
    List<String> answers(Scenario scenario) {
        String form = scenario.kind() == Made.Kind.FILES ? "" : "-o /dev/null";
        return server.exec(
                        "sh",
                        "-c",
                        "for name in " + Made.NAME + " " + Made.RENAMED + " " + Made.COPY
                                + "; do printf '%s answers ' $name; curl -s -m 20 " + form
                                + " -w '%{http_code}' -H \"Host: $name\" http://127.0.0.1/ | tr '\\n' ' '; echo; done")
                .stdout()
                .lines()
                .toList();
    }

    /** The ids of the backups that are kept here, whole or not. */
    List<String> backups() {
        return server.exec("find", "/srv/aegir/backups", "-mindepth", "2", "-maxdepth", "2", "-printf", "%f\\n")
                .stdout()
                .lines()
                .toList();
    }

    /** Keeps the server as it is. */
    void keep(String name, Made.Kind kind) {
        String to = SNAPSHOTS + name;
        shell("mkdir -p /srv /var/lib/aegir /var/cache/aegir /opt/applications/notes /opt/applications/notes-next " + to
                + "; " + quiet(kind) + copies("", to, kind) + loud(kind));
    }

    /** The server is again as it was kept. What runs there is stopped and started only when what it runs by has changed. */
    void restore(String name, Made.Kind kind) {
        String copies = copies(SNAPSHOTS + name, "", kind);
        shell(switch (kind) {
                    case PAGES -> copies;
                    case FILES ->
                        "changed=$(" + copies + ") || exit 1; if printf '%s\\n' \"$changed\" | grep -qE "
                                + "' etc/((php|systemd|tmpfiles\\.d)/|(passwd|group)$)'; then " + QUIET + LOUD + "fi; ";
                    case WORDPRESS -> quiet(kind) + copies + loud(kind);
                }
                + "{ ! nginx -t -q 2>/dev/null || systemctl reload nginx; }");
    }

    /** Nothing of it was kept. */
    void fresh() {
        server.reset();
        shell("rm -rf " + SNAPSHOTS);
    }

    private static String quiet(Made.Kind kind) {
        return kind == Made.Kind.PAGES ? "" : QUIET;
    }

    private static String loud(Made.Kind kind) {
        return switch (kind) {
            case PAGES -> "";
            case FILES -> LOUD;
            case WORDPRESS -> "systemctl start mariadb; " + LOUD;
        };
    }

    private static String copies(String from, String to, Made.Kind kind) {
        return "mkdir -p \"" + to + "/\"; cd \"" + from + "/\" && rsync -aAXiR --no-implied-dirs --delete --numeric-ids"
                + " --exclude=/etc/hosts --exclude=/etc/hostname --exclude=/etc/resolv.conf " + TREES
                + (kind == Made.Kind.WORDPRESS ? " var/lib/mysql" : "") + " \"" + to + "/\" || exit 1; ";
    }

    void shell(String script) {
        server.exec("sh", "-c", script).orThrow();
    }

    void write(String text, String path) {
        server.execWithInput(text, "sh", "-c", "mkdir -p \"${1%/*}\" && cat >\"$1\"", "write", path)
                .orThrow();
    }
}
