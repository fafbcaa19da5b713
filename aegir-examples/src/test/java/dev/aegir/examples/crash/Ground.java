// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.lab.Fingerprint;
import dev.aegir.lab.LabServer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where one scenario at a time is played: a server, and what the programs are told about it.
 *
 * @param server the server
 * @param directory where the programs' stores are
 * @param world what the programs are told
 */
record Ground(LabServer server, Path directory, Scenario.World world) {
    private static final String[] WATCHED = {"/etc", "/srv/aegir", "/var/aegir", "/usr/share/nginx"};
    private static final String SNAPSHOT = "/root/crash-matrix.tar";
    private static final String TREES = "etc srv var/lib/aegir var/cache/aegir";

    /** Everything that runs or is kept there because of a site. */
    private static final String QUIET = "systemctl stop 'aegir-php*' php8.2-fpm php8.4-fpm mariadb 2>/dev/null; "
            + "pkill -KILL -u " + Scenario.SITE_ID.account() + "; ";

    private static final String LOUD = "systemctl daemon-reload; systemctl start mariadb && for v in 8.2 8.4; do "
            + "systemd-tmpfiles --create /etc/tmpfiles.d/aegir-php$v.conf && systemctl start php$v-fpm || exit 1; done; "
            + "for t in /etc/systemd/system/timers.target.wants/aegir-php*; do "
            + "[ ! -e \"$t\" ] || systemctl start \"${t##*/}\" || exit 1; done; ";

    /**
     * What a server is like.
     *
     * @param files its files
     * @param rows what is in its database server
     * @param answer what a visitor of the site gets
     */
    record State(Fingerprint files, List<String> rows, String answer) {
        /** What differs, for people. */
        List<String> differencesFrom(State other) {
            Stream<String> gone =
                    other.rows.stream().filter(row -> !rows.contains(row)).map(row -> "gone: " + row);
            Stream<String> fresh =
                    rows.stream().filter(row -> !other.rows.contains(row)).map(row -> "new: " + row);
            Stream<String> said =
                    answer.equals(other.answer) ? Stream.of() : Stream.of(other.answer + " became " + answer);
            return Stream.of(files.differencesFrom(other.files).stream(), gone, fresh, said)
                    .flatMap(all -> all)
                    .toList();
        }
    }

    /** The server as it is; what a release says about the task that made it differs from run to run. */
    State look(Scenario scenario) {
        Fingerprint files = server.fingerprint(WATCHED).without(path -> path.endsWith("/RELEASE"));
        if (!scenario.wordpress()) {
            return new State(files, List.of(), "");
        }
        // What useradd keeps of files as they were; and settings, whose passwords are random: whether they are right,
        // the
        // site's answer tells.
        Fingerprint stable = files.without(path ->
                path.matches("/etc/(group|gshadow|passwd|shadow|subuid|subgid)-|/srv/aegir/sites/[^/]*/settings/.*"
                        + "|/srv/aegir/sites/[^/]*/(logs|tmp|sessions|files)/.*"));
        String rows = server.execWithInput("""
                        SELECT SCHEMA_NAME, SCHEMA_COMMENT FROM information_schema.SCHEMATA ORDER BY 1;
                        SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA LIKE 's01%' ORDER BY 1, 2;
                        SELECT User, Host FROM mysql.global_priv ORDER BY 1, 2;
                        SELECT * FROM mysql.db ORDER BY User, Host, Db;
                        """, "mariadb", "-N").orThrow().stdout();
        String answer = server.exec(
                        "curl",
                        "-s",
                        "-o",
                        "/dev/null",
                        "-w",
                        "%{http_code}",
                        "-H",
                        "Host: " + Scenario.NAME,
                        "http://127.0.0.1/")
                .stdout();
        return new State(stable, rows.lines().toList(), answer);
    }

    /** Keeps the server as it is. */
    void keep(Scenario scenario) {
        boolean wordpress = scenario.wordpress();
        shell("mkdir -p /srv /var/lib/aegir /var/cache/aegir; " + (wordpress ? QUIET : "") + "tar --acls -C / -cf "
                + SNAPSHOT + " " + TREES + (wordpress ? " var/lib/mysql && { " + LOUD + "}" : ""));
    }

    /** The server is again as it was kept. */
    void restore(Scenario scenario) {
        boolean wordpress = scenario.wordpress();
        shell((wordpress ? QUIET + "rm -rf /etc/php /etc/systemd/system /var/lib/mysql; " : "")
                + "rm -rf /etc/nginx /srv/aegir /var/lib/aegir /var/cache/aegir && tar --acls -C / -xf " + SNAPSHOT
                + " --exclude=etc/hosts --exclude=etc/hostname --exclude=etc/resolv.conf && "
                + (wordpress ? "{ " + LOUD + "} && " : "")
                + "{ ! nginx -t -q 2>/dev/null || systemctl reload nginx; }");
    }

    private void shell(String script) {
        server.exec("sh", "-c", script).orThrow();
    }
}
