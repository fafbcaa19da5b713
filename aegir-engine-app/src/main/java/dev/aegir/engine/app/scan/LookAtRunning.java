// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.model.RunningSite;
import dev.aegir.model.Site;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Looks at what the code of a running site that somebody has set up by hand has in it, and saves that in the inventory under the id
 * of the site that it shall become. As the account of the running site; none of its code is run. Its settings are read as text, for
 * nothing but the name of its database and of its tables.
 *
 * @param name the step's name
 * @param running the running site
 * @param site the id of the site that it shall become
 * @param kind what its code is
 */
public record LookAtRunning(String name, RunningSite running, Id site, ScanCode.Kind kind) implements Step {
    private static final String SETTINGS = """
            # read what settings say of their database
            set -eu
            export LC_ALL=C
            cd -- "$1"
            lines=$2
            shift 2
            for each in "$@"; do
                if [ -f "$each" ] && [ ! -L "$each" ]; then
                    head -c 1048576 -- "$each" | grep -aE -e "$lines" | head -c 65536
                    exit 0
                fi
            done
            """;

    /** Makes it. */
    public LookAtRunning {}

    /**
     * For a running site.
     *
     * @param running the running site
     * @param site the site that it shall become
     * @param kind what its code is
     * @return the step
     */
    public static LookAtRunning of(RunningSite running, Site site, ScanCode.Kind kind) {
        return new LookAtRunning("look at " + running + ", for " + site.name(), running, site.id(), kind);
    }

    /** What there is. */
    private record Looked(Packages packages, FoundSettings settings) {}

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        Looked looked = look(context);
        return List.of(new Change(
                Change.Kind.RUN,
                running.server().value(),
                "read " + running.root() + " as " + running.account(),
                looked.packages().table()
                        + looked.settings()
                                .database()
                                .map(database -> "its database is " + database + "\n")
                                .orElse("")));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Looked looked = look(context);
        Map<String, String> results = new TreeMap<>();
        results.put(
                "running.packages", String.valueOf(looked.packages().entries().size()));
        core(looked.packages()).ifPresent(core -> results.put("running.version", core.version()));
        looked.settings().database().ifPresent(database -> results.put("running.database", database));
        context.remember(fact(), true);
        if (looked.settings().prefix().isPresent()) {
            context.remember(prefixFact(site), looked.settings().prefix().get());
        }
        context.inventory().save(looked.packages());
        context.results(results);
    }

    @Override
    public void undo(StepContext context) {
        if (context.recall(fact(), Boolean.class).orElse(false)) {
            context.inventory().removePackages(site);
        }
    }

    private String fact() {
        return "adopt." + site + ".packages";
    }

    private static String prefixFact(Id site) {
        return "adopt." + site + ".prefix";
    }

    /**
     * What the names of the tables of a running site begin with, as this step has read it in its settings.
     *
     * @param context of a later step of the same task
     * @param site the id of the site that it shall become
     * @return it, if its settings say it in the plain way
     */
    public static Optional<String> prefix(StepContext context, Id site) {
        return context.recall(prefixFact(site), String.class);
    }

    private Looked look(StepContext context) throws InterruptedException {
        Host host = context.host(running.server());
        CommandResult scanned =
                host.run(ScanCode.command(running.root().value(), "", kind).as(running.account()));
        if (!scanned.succeeded() || scanned.truncated()) {
            throw new RefusedException(running.server() + ": the site at " + running.root()
                    + " cannot be looked at as the account " + running.account() + ": "
                    + (scanned.truncated()
                            ? "it has more packages than any"
                            : scanned.stderr().strip())
                    + ". Name its document root, and the account that its code runs as.");
        }
        Packages packages = new ScanCode(name, running.server(), site, Name.of("running"), running.root(), "", kind)
                .read(scanned.stdout(), context.now());
        if (kind != ScanCode.Kind.COMPOSER && core(packages).isEmpty()) {
            throw new RefusedException(running.server() + ": there is no "
                    + kind.name().toLowerCase(Locale.ROOT) + " at " + running.root()
                    + ". Name its document root, and a codebase of what it is.");
        }
        FoundSettings settings = settings(host);
        requireAsSaid(settings);
        return new Looked(packages, settings);
    }

    private static Optional<Packages.Entry> core(Packages packages) {
        return packages.entries().stream()
                .filter(entry -> entry.type().equals("core"))
                .findFirst();
    }

    private FoundSettings settings(Host host) throws InterruptedException {
        FoundSettings.Place place = FoundSettings.Place.of(kind);
        Command command = Command.of(
                        "sh", "-c", SETTINGS, "aegir-settings", running.root().value(), place.lines())
                .with(place.files().toArray(String[]::new))
                .as(running.account());
        return FoundSettings.read(kind, host.run(command).stdout());
    }

    /** What cannot be read is taken to be as it was said. */
    private void requireAsSaid(FoundSettings settings) {
        Optional<String> said = running.database().map(RunningSite.Store::name);
        if (settings.database().isPresent() && !settings.database().equals(said)) {
            throw new RefusedException(running.server() + ": the site at " + running.root() + " has the database "
                    + settings.database().get() + ", as its settings say, and not "
                    + said.orElse("none") + ". Nothing was changed; name that one.");
        }
        // Those of a WordPress are renamed in the copy.
        if (kind != ScanCode.Kind.WORDPRESS
                && settings.prefix().filter(prefix -> !prefix.isEmpty()).isPresent()) {
            throw new RefusedException(running.server() + ": the tables of the site at " + running.root()
                    + " begin with \"" + settings.prefix().get()
                    + "\", and those of sites here with nothing. Nothing was changed; rename them there first.");
        }
    }
}
