// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.Aegir;
import dev.aegir.host.Secret;
import dev.aegir.model.Backup;
import dev.aegir.task.Inventory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Where one scenario at a time is played: two servers, what the programs are told about them, and what was kept of both. */
final class Ground {
    private static final String DATABASE = Made.SITE_ID.account();
    private static final String FILES = "/srv/aegir/sites/" + Made.SITE_ID + "/files";

    /** Says which code it is and what people wrote; to visitors, and when it is asked whether it works. */
    private static final String NOTES = """
            <?php
            $site = require getenv('AEGIR_SETTINGS');
            $files = $site['directories']['files'];
            echo "notes EDITION of {$site['site']['name']} on ", gethostname(), ":\\n";
            foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator($files, FilesystemIterator::SKIP_DOTS)) as $path => $file) {
                $notes[] = substr($path, strlen($files)) . ' ' . md5_file($path);
            }
            sort($notes);
            echo implode("\\n", $notes ?? []), "\\n";
            """;

    private final List<Machine> machines;
    private final Path directory;
    private final Path key;
    private final World world;
    private final Killer killer;
    private final Set<String> kept = new TreeSet<>();
    private Optional<Made.Kind> last = Optional.empty();

    Ground(List<Machine> machines, Path directory, Path key, String repository) {
        this.machines = machines;
        this.directory = directory;
        this.key = key;
        this.killer = new Killer(directory);
        this.world = new World(
                repository,
                machines.stream()
                        .map(Machine::server)
                        .map(server -> new World.Place(server.name(), server.address(), server.hostKey()))
                        .toList());
    }

    World world() {
        return world;
    }

    /** Runs a program here, as {@link Killer#run} says. */
    List<String> run(Path home, Scenario scenario, String deadly) throws Exception {
        return killer.run(home, scenario, deadly, world);
    }

    Path directory() {
        return directory;
    }

    /**
     * What there is.
     *
     * @param looks what each server is like
     * @param known what the inventory says
     * @param backups the ids of the backups that the inventory has
     * @param stored the ids of those that a server has
     */
    record State(List<Machine.Look> looks, List<String> known, Set<String> backups, Set<String> stored) {
        /** What differs, for people; of backups, which even what is taken back may leave, nothing. */
        List<String> differencesFrom(State other) {
            Stream<String> gone =
                    other.known.stream().filter(line -> !known.contains(line)).map(line -> "unknown: " + line);
            Stream<String> fresh =
                    known.stream().filter(line -> !other.known.contains(line)).map(line -> "known: " + line);
            Stream<String> servers = IntStream.range(0, looks.size())
                    .boxed()
                    .flatMap(i -> looks.get(i).differencesFrom(other.looks.get(i)));
            return Stream.of(gone, fresh, servers).flatMap(all -> all).toList();
        }
    }

    private List<Machine> machines(Scenario scenario) {
        return machines.subList(0, scenario.servers());
    }

    State look(Scenario scenario, Path home) {
        try (Aegir aegir = Aegir.open(home)) {
            return look(scenario, aegir.inventory());
        }
    }

    State look(Scenario scenario, Inventory inventory) {
        List<String> known = new ArrayList<>();
        inventory.servers().forEach(server -> known.add(server.name() + " is enrolled"));
        inventory.codebases().forEach(code -> known.add(code.toString()));
        inventory
                .sites()
                .forEach(site -> known.add(site.toString().replaceAll("former[.]since=[^,}]*", "former.since=T")));
        inventory
                .backups()
                .forEach(backup -> known.add("backup " + backup.id() + " verified "
                        + backup.verified().map(Backup.Verified::level)));
        known.removeIf(line -> line.startsWith("backup " + Made.SAFETY_ID));
        return new State(
                machines(scenario).parallelStream()
                        .map(each -> each.look(scenario))
                        .toList(),
                known,
                inventory.backups().stream().map(backup -> backup.id().value()).collect(Collectors.toSet()),
                machines(scenario).stream()
                        .flatMap(each -> each.backups().stream())
                        .collect(Collectors.toSet()));
    }

    /** Does what comes before the scenario, or brings that back, and gives a home for it that nothing else uses. */
    Path prepared(Scenario scenario) throws Exception {
        List<Scenario.Step> before = scenario.before();
        int from = before.size();
        while (from > 0 && !(last.equals(Optional.of(scenario.kind())) && kept.contains(named(scenario, from)))) {
            from--;
        }
        Path home = directory.resolve("before");
        if (from == 0) {
            begin(scenario, home);
        } else {
            restore(scenario, from);
            Homes.copy(home(scenario, from), home);
        }
        try (Aegir aegir = Aegir.open(home)) {
            if (from == 0) {
                aegir.secrets().keep(Made.KEY, Secret.of(Files.readString(key)));
            }
            for (Scenario.Step step : before.subList(from, before.size())) {
                done(step, scenario, aegir);
            }
        }
        String name = named(scenario, before.size());
        if (kept.add(name)) {
            machines(scenario).forEach(machine -> machine.keep(name, scenario.kind()));
            Homes.copy(home, home(scenario, before.size()));
        }
        return home;
    }

    private void begin(Scenario scenario, Path home) throws IOException {
        for (Machine machine : machines) {
            machine.fresh();
            // A WordPress asks for updates, and the lab has nobody who answers: so it hears that at once.
            machine.shell("grep -q wordpress.org /etc/hosts || echo 127.0.0.1 api.wordpress.org >>/etc/hosts");
            if (scenario.kind() == Made.Kind.FILES) {
                machine.shell("mkdir -p -m 700 /srv/outgoing");
                machine.write(NOTES.replace("EDITION", "1"), "/opt/applications/notes/index.php");
                machine.write(NOTES.replace("EDITION", "2"), "/opt/applications/notes-next/index.php");
            }
        }
        kept.clear();
        last = Optional.of(scenario.kind());
        Path empty = Files.createDirectories(directory.resolve("empty"));
        Homes.copy(empty, home);
    }

    private void done(Scenario.Step step, Scenario scenario, Aegir aegir) throws InterruptedException {
        Machine web1 = machines.get(0);
        boolean wordpress = scenario.kind() == Made.Kind.WORDPRESS;
        switch (step) {
            case DRIFT -> web1.shell("echo '# by hand' >> /etc/nginx/aegir/sites/" + Made.SITE_ID + ".conf");
            case BREAK -> web1.write("nonsense {\n", "/etc/nginx/conf.d/by-hand.conf");
            case LOSE_CODE -> web1.shell("rm -rf /srv/aegir/code/" + Made.CODE_ID);
            case WRITE -> {
                // Whoever is the first makes WordPress write a page of navigation.
                web1.answers(scenario);
                written(web1, "mkdir -p 'a b'; echo kept >'a b/ü.txt'; echo first >a.txt; ln -s a.txt link.txt");
                if (wordpress) {
                    title(web1, "As it was");
                }
            }
            case RUN ->
                web1.shell("mkdir -p " + Made.RUNNING + "/files && cp /opt/applications/notes/index.php " + Made.RUNNING
                        + " && cd " + Made.RUNNING
                        + "/files && mkdir 'a b' && echo kept >'a b/ü.txt' && echo first >a.txt"
                        + " && chown -R www-data: .");
            case CHANGE -> {
                written(web1, "rm a.txt; echo later >c.txt; echo changed >'a b/ü.txt'");
                if (wordpress) {
                    title(web1, "Changed");
                }
            }
            default -> aegir.run(step.task(new Made(scenario.kind(), world))).orThrow();
        }
    }

    private static void written(Machine machine, String script) {
        String account = Made.SITE_ID.account();
        machine.shell("runuser -u " + account + " -- sh -ec \"cd " + FILES + "; " + script + "\"");
    }

    private static void title(Machine machine, String title) {
        machine.shell("mariadb -e \"UPDATE " + DATABASE + ".wp_posts SET post_title = '" + title + "' WHERE ID = 1\"");
    }

    /** All servers are as they were before the scenario. */
    void restore(Scenario scenario) {
        restore(scenario, scenario.before().size());
    }

    private void restore(Scenario scenario, int steps) {
        machines(scenario).parallelStream()
                .forEach(machine -> machine.restore(named(scenario, steps), scenario.kind()));
    }

    private static String named(Scenario scenario, int steps) {
        return scenario.kind() + "-"
                + scenario.before().subList(0, steps).stream().map(Enum::name).collect(Collectors.joining("-"));
    }

    private Path home(Scenario scenario, int steps) {
        return directory.resolve(named(scenario, steps));
    }

    /** Whether every web server would start again, as it would before. */
    boolean websServe(Scenario scenario) {
        return machines(scenario).stream()
                .allMatch(machine -> machine.server().exec("nginx", "-t", "-q").succeeded());
    }
}
