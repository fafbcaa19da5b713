// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The database server is installed, runs, and starts with its machine; of one elsewhere, its client is installed. Installs
 * nothing.
 *
 * @param name the step's name
 * @param place where
 */
record ServeDatabases(String name, Place place) implements Step {
    private static final String INSTALLED = "for tool; do command -v \"$tool\" >/dev/null || exit 1; done";

    /** How it was. */
    record Before(boolean running, boolean enabled) {}

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Host host = context.host(place.server());
        require(host);
        if (place.remote().isPresent()) {
            return List.of();
        }
        Before now = look(host);
        List<Change> changes = new ArrayList<>();
        if (!now.enabled()) {
            changes.add(new Change(
                    Change.Kind.CHANGE, place.server().value(), "service " + unit(), "starts with the machine"));
        }
        if (!now.running()) {
            changes.add(new Change(Change.Kind.CHANGE, place.server().value(), "service " + unit(), "is started"));
        }
        return changes;
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Host host = context.host(place.server());
        require(host);
        if (place.remote().isPresent()) {
            return;
        }
        Before now = look(host);
        if (now.running() && now.enabled()) {
            return;
        }
        if (context.recall(before(), Before.class).isEmpty()) {
            context.remember(before(), now);
        }
        if (!now.enabled()) {
            host.run(Command.of("systemctl", "--quiet", "enable", unit())).orThrow();
        }
        if (!now.running()) {
            host.run(Command.of("systemctl", "start", unit()).timeout(java.time.Duration.ofMinutes(5)))
                    .orThrow();
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<Before> before = context.recall(before(), Before.class);
        if (before.isEmpty()) {
            return;
        }
        Host host = context.host(place.server());
        Before now = look(host);
        if (now.running() && !before.get().running()) {
            host.run(Command.of("systemctl", "stop", unit()).timeout(java.time.Duration.ofMinutes(5)))
                    .orThrow();
        }
        if (now.enabled() && !before.get().enabled()) {
            host.run(Command.of("systemctl", "--quiet", "disable", unit())).orThrow();
        }
    }

    private void require(Host host) throws InterruptedException {
        Needed needed = Needed.of(place.software());
        List<String> tools = new ArrayList<>(needed.clients());
        if (place.remote().isEmpty()) {
            tools.add(needed.server());
        }
        if (!host.run(Command.of("sh", "-c", INSTALLED, "aegir-db").with(tools.toArray(String[]::new)))
                .succeeded()) {
            throw new RefusedException(place.described() + " is not installed. Install "
                    + (place.remote().isPresent() ? needed.clientPackage() : needed.serverPackage()) + " on "
                    + place.server() + ", then prepare the server again.");
        }
    }

    /** What has to be installed, as programs and as packages. */
    private record Needed(List<String> clients, String server, String serverPackage, String clientPackage) {
        static Needed of(Software software) {
            return switch (software) {
                case MARIADB ->
                    new Needed(
                            List.of("mariadb"),
                            "mariadbd",
                            "Debian's package mariadb-server",
                            "Debian's package mariadb-client");
                case MYSQL ->
                    new Needed(
                            List.of("mysql", "mysqldump"),
                            "mysqld",
                            "the packages mysql-server and mysql-client of MySQL",
                            "the package mysql-client of MySQL");
                case POSTGRESQL ->
                    new Needed(
                            List.of("psql"),
                            "pg_ctlcluster",
                            "Debian's package postgresql",
                            "Debian's package postgresql-client");
            };
        }
    }

    private Before look(Host host) throws InterruptedException {
        return new Before(
                host.run(Command.of("systemctl", "--quiet", "is-active", unit()))
                        .succeeded(),
                host.run(Command.of("systemctl", "--quiet", "is-enabled", unit()))
                        .succeeded());
    }

    private String unit() {
        return place.software().engine() + ".service";
    }

    private String before() {
        return "database." + place.server() + "." + place.software().engine() + ".service";
    }
}
