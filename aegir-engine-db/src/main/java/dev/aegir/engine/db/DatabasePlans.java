// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Settings;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.MakeSecret;
import dev.aegir.task.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Plans what all engines do alike.
 *
 * @param software which of them
 * @param protocol what applications speak to it
 */
record DatabasePlans(Software software, String protocol) {
    /** The name of a dump in its directory. */
    private static final String DUMP = "database.sql";

    static final Set<Class<? extends Step>> STEPS = Set.of(
            ServeDatabases.class,
            MakeSitesRole.class,
            AdmitClients.class,
            RequireListening.class,
            MakeDatabase.class,
            MakeAccount.class,
            RequireEmptyDatabase.class,
            RemoveAccount.class,
            RemoveDatabase.class,
            MakeDumpDirectory.class,
            DumpDatabase.class,
            MakeSupportAccount.class,
            SweepSupportAccounts.class,
            TellDatabase.class,
            LoadDatabase.class,
            DumpSeed.class,
            LoadSeed.class,
            DumpDelta.class,
            LoadDelta.class,
            DumpRest.class,
            LoadRest.class,
            MeasureDatabase.class,
            SumDatabase.class,
            CompareDatabase.class,
            RequireTables.class,
            RequireSwitchable.class,
            SwitchTables.class,
            ReplaceTables.class,
            ForgetTables.class,
            CheckForeignDump.class,
            CountForeignTables.class,
            RequireTranslatable.class,
            RequireOwnClient.class);

    List<Step> prepare(ServiceRequest request) {
        Place place = Place.of(software, request);
        String at = " for service " + request.service().name() + " on " + place.server();
        List<Step> steps = new ArrayList<>();
        steps.add(new ServeDatabases(software.engine() + ": serve databases" + at, place));
        if (place.remote().isEmpty()) {
            request.settings().text("listen").ifPresent(listen -> steps.add(listening(request, place, at, listen)));
        }
        if (software == Software.POSTGRESQL) {
            steps.add(new MakeSitesRole("postgresql: role of all sites" + at, place));
            if (place.remote().isEmpty()) {
                steps.add(new AdmitClients(
                        "postgresql: admit sites over the socket" + at,
                        place,
                        "sites.",
                        List.of("local all +" + Postgres.SITES + " scram-sha-256")));
            }
        }
        return steps;
    }

    private Step listening(ServiceRequest request, Place place, String at, String listen) {
        if (!listen.matches("[0-9A-Za-z.:*-]{1,64}( *, *[0-9A-Za-z.:*-]{1,64})*")) {
            throw new InvalidValueException("setting listen", listen, "write addresses with commas between them");
        }
        Settings settings = request.settings();
        String file = switch (software) {
            case MARIADB -> "/etc/mysql/mariadb.conf.d/99-aegir.cnf";
            case MYSQL -> "/etc/mysql/mysql.conf.d/99-aegir.cnf";
            case POSTGRESQL ->
                "/etc/postgresql/" + settings.number("version", 15) + "/"
                        + Name.of(settings.text("cluster").orElse("main")) + "/conf.d/99-aegir.conf";
        };
        String content = "# Made by Aegir for the service " + request.service().name() + "\n"
                + switch (software) {
                    case MARIADB -> "[mariadbd]\nbind-address = " + listen + "\n";
                    case MYSQL -> "[mysqld]\nbind-address = " + listen + "\n";
                    case POSTGRESQL -> "listen_addresses = '" + listen + "'\nport = " + place.port() + "\n";
                };
        return ConfigChange.named(software.engine() + ": listen on " + listen + at, place.server())
                .write(HostPath.of(file), content)
                .activate(Command.of("systemctl", "restart", software.engine() + ".service")
                        .timeout(Duration.ofMinutes(5)))
                .build();
    }

    List<Step> ensure(EngineRequest<Database> request) {
        Place place = place(request);
        Database database = checked(request);
        List<Step> steps = new ArrayList<>();
        if (!database.clients().isEmpty() && place.remote().isEmpty()) {
            steps.add(new RequireListening(title("reachable for", request), place));
        }
        steps.add(new MakeDatabase(title("database " + database.name() + " for", request), place, database));
        steps.add(new MakeAccount(title("account " + database.user() + " for", request), place, database));
        if (software == Software.POSTGRESQL && place.remote().isEmpty()) {
            steps.add(new AdmitClients(
                    title("admit " + database.user() + " for", request),
                    place,
                    tag(database) + Integer.toHexString(database.user().hashCode()) + ".",
                    admitted(database)));
        }
        return steps;
    }

    private static List<String> admitted(Database database) {
        List<String> lines = new ArrayList<>();
        for (String client : database.clients()) {
            lines.add("host " + PostgresText.access(database.name()) + " " + PostgresText.access(database.user()) + " "
                    + client + (client.indexOf(':') < 0 ? "/32" : "/128") + " scram-sha-256");
        }
        return lines;
    }

    List<Step> remove(EngineRequest<Database> request) {
        Place place = place(request);
        Database database = checked(request);
        List<Step> steps = new ArrayList<>();
        steps.add(new RemoveDatabase(title("remove database " + database.name() + " of", request), place, database));
        if (software == Software.POSTGRESQL && place.remote().isEmpty()) {
            steps.add(new AdmitClients(
                    title("no longer admit accounts of " + database.name() + " of", request),
                    place,
                    tag(database),
                    List.of()));
        }
        return steps;
    }

    List<Step> removeUser(EngineRequest<Database> request) {
        Place place = place(request);
        Database database = checked(request);
        List<Step> steps = new ArrayList<>();
        steps.add(new RemoveAccount(title("remove account " + database.user() + " of", request), place, database));
        if (software == Software.POSTGRESQL && place.remote().isEmpty()) {
            steps.add(new AdmitClients(
                    title("no longer admit " + database.user() + " of", request),
                    place,
                    tag(database) + Integer.toHexString(database.user().hashCode()) + ".",
                    List.of()));
        }
        return steps;
    }

    List<Step> requireEmpty(EngineRequest<Database> request) {
        Database database = checked(request);
        return List.of(new RequireEmptyDatabase(
                title("database " + database.name() + " is empty for", request), place(request), database));
    }

    /** From MySQL. */
    List<Step> requireTranslatable(EngineRequest<Database> origin, EngineRequest<Database> request) {
        return List.of(new RequireTranslatable(
                title("what MySQL has can be had here, for", request),
                new DatabasePlans(Software.MYSQL, protocol).place(origin),
                origin.resource(),
                place(request)));
    }

    List<Step> requireTables(EngineRequest<Database> request, List<String> tables) {
        return List.of(new RequireTables(
                title("there is " + named(tables) + " of", request), place(request), checked(request), tables));
    }

    List<Step> requireSwitchable(EngineRequest<Database> request, List<String> tables) {
        return List.of(new RequireSwitchable(
                title(named(tables) + " can be replaced alone for", request),
                place(request),
                checked(request),
                tables));
    }

    List<Step> switchTables(EngineRequest<Database> request, Database other, List<String> tables) {
        Database database = checked(request);
        software.dialect().validate(other);
        String name = title(named(tables) + " from " + other.name() + " for", request);
        return List.of(
                software.speaksMySql()
                        ? new SwitchTables(name, place(request), database, other, tables)
                        : new ReplaceTables(name, place(request), database, other, tables));
    }

    List<Step> forgetTables(EngineRequest<Database> request, List<String> tables) {
        return List.of(new ForgetTables(
                title("forget what " + named(tables) + " was for", request), place(request), checked(request), tables));
    }

    private static String named(List<String> tables) {
        return "table " + String.join(", ", tables);
    }

    List<Step> facts(EngineRequest<Database> request) {
        return List.of(
                new TellDatabase(title("tell about the database of", request), place(request), checked(request)));
    }

    Database supporting(Database database, Instant until, String who) {
        String account = SweepSupportAccounts.account(until, database, who);
        return database.user(account, Database.passwordOf(database.owner(), account));
    }

    List<Step> support(EngineRequest<Database> request, Instant until, String who) {
        Database database = supporting(checked(request), until, who);
        return List.of(
                new MakeSecret(
                        database.password(), "the support account " + database.user() + " of " + database.title()),
                new MakeSupportAccount(
                        title("support account " + database.user() + " for", request), place(request), database));
    }

    List<Step> sweep(EngineRequest<Database> request) {
        return List.of(new SweepSupportAccounts(
                title("sweep support accounts of", request), place(request), checked(request)));
    }

    List<Step> dump(EngineRequest<Database> request, HostPath path, String account) {
        Database database = checked(request);
        if (!account.matches("[a-z_][a-z0-9_-]{0,31}:[a-z_][a-z0-9_-]{0,31}")) {
            throw new InvalidValueException("account", account, "write it as user:group");
        }
        List<Step> steps = loadable(request, database);
        steps.add(dumping(request, database, path, account, false));
        return steps;
    }

    /** What is dumped can be loaded by a server of the same kind. */
    private List<Step> loadable(EngineRequest<Database> request, Database database) {
        return software == Software.MYSQL
                ? new ArrayList<>(List.of(new RequireOwnClient(
                        title("can be dumped for MySQL, the database of", request), place(request), database)))
                : new ArrayList<>();
    }

    private DumpDatabase dumping(
            EngineRequest<Database> request, Database database, HostPath path, String account, boolean foreign) {
        String name = title("dump to " + path + " the database of", request);
        return new DumpDatabase(name, place(request), database, path, account, foreign);
    }

    List<Step> dumpInto(EngineRequest<Database> request, HostPath directory, boolean foreign) {
        List<Step> steps = loadable(request, checked(request));
        steps.add(making(request, directory, "a dump of the database of"));
        steps.add(dumping(request, checked(request), directory.child(DUMP), "root:root", foreign));
        return steps;
    }

    List<Step> loadFrom(EngineRequest<Database> request, HostPath directory) {
        return load(request, directory.child(DUMP));
    }

    List<Step> load(EngineRequest<Database> request, HostPath path) {
        Database database = checked(request);
        return List.of(new LoadDatabase(
                title("load from " + path + " the database of", request), place(request), database, path));
    }

    List<Step> dumpSeed(EngineRequest<Database> request, HostPath directory, String seed) {
        return List.of(
                making(request, directory, "a first copy of the database of"),
                moving(request, directory, seed, "copy to", "the database of", DumpSeed::new));
    }

    List<Step> loadSeed(EngineRequest<Database> request, HostPath directory, String seed) {
        return List.of(moving(request, directory, seed, "begin with what is in", "the database of", LoadSeed::new));
    }

    List<Step> dumpDelta(EngineRequest<Database> request, HostPath directory, String seed) {
        return List.of(
                making(request, directory, "what was changed in the database of"),
                moving(request, directory, seed, "copy to", "what was changed in the database of", DumpDelta::new));
    }

    List<Step> loadDelta(EngineRequest<Database> request, HostPath directory, String seed) {
        return List.of(
                moving(request, directory, seed, "bring from", "what was changed in the database of", LoadDelta::new));
    }

    List<Step> dumpRest(EngineRequest<Database> request, HostPath directory, String seed) {
        return List.of(
                making(request, directory, "a dump of the database of"),
                moving(request, directory, seed, "dump to", "the database of", DumpRest::new));
    }

    List<Step> loadRest(EngineRequest<Database> request, HostPath directory, String seed) {
        return List.of(moving(request, directory, seed, "load from", "the database of", LoadRest::new));
    }

    private MakeDumpDirectory making(EngineRequest<Database> request, HostPath directory, String what) {
        return new MakeDumpDirectory(
                title("make " + directory + " for " + what, request),
                request.server().name(),
                directory);
    }

    /** One of the steps that move a seed, or what it lacks. */
    private interface Moving {
        Step step(String name, Place place, Database database, HostPath path, String seed);
    }

    private Step moving(
            EngineRequest<Database> request, HostPath directory, String seed, String verb, String what, Moving moving) {
        HostPath path = directory.child(DUMP);
        return moving.step(
                title(verb + " " + path + " " + what, request), place(request), checked(request), path, seed);
    }

    List<Step> measure(EngineRequest<Database> request, String name) {
        Database database = checked(request);
        return List.of(new MeasureDatabase(
                title("measure " + database.name() + " as " + name + " for", request), place(request), database, name));
    }

    List<Step> sum(EngineRequest<Database> request, String name) {
        return List.of(
                new SumDatabase(title("sum up the database of", request), place(request), checked(request), name));
    }

    List<Step> compare(EngineRequest<Database> request, String name) {
        return List.of(new CompareDatabase(
                title("compare with its origin the database of", request), place(request), checked(request), name));
    }

    List<Step> loadForeign(EngineRequest<Database> request, HostPath directory) {
        HostPath path = directory.child(DUMP);
        List<Step> steps = new ArrayList<>();
        steps.add(new CheckForeignDump(title("is " + path + " whole, for", request), place(request), path));
        steps.addAll(load(request, path));
        steps.add(new CountForeignTables(
                title("all tables of " + path + " are there for", request), place(request), checked(request), path));
        return steps;
    }

    DatabaseAccess access(EngineRequest<Database> request) {
        Place place = place(request);
        Database database = checked(request);
        Optional<HostPath> socket =
                database.clients().isEmpty() && place.remote().isEmpty()
                        ? Optional.of(place.socket())
                        : Optional.empty();
        String host = socket.isPresent()
                ? "localhost"
                : place.remote().map(Place.Remote::host).orElseGet(() -> address(request));
        return new DatabaseAccess(
                Name.of(protocol), socket, host, place.port(), database.name(), database.user(), database.password());
    }

    private static String address(EngineRequest<Database> request) {
        return request.settings()
                .text("address")
                .or(() -> Optional.ofNullable(request.server().address().getHost()))
                .orElseThrow(() -> new InvalidValueException(
                        "setting address",
                        "",
                        "other servers use the database service of "
                                + request.server().name()
                                + ", whose address says no host: set address on the service to how they reach it"));
    }

    private Place place(EngineRequest<Database> request) {
        return Place.of(software, new ServiceRequest(request.server(), request.service()));
    }

    /** With the addresses it is used from, which a database server elsewhere must be told. */
    private Database checked(EngineRequest<Database> request) {
        Database database = request.resource();
        if (place(request).remote().isPresent() && database.clients().isEmpty()) {
            List<String> clients = request.settings()
                    .text("clients")
                    .map(text ->
                            Arrays.stream(text.split(",")).map(String::strip).toList())
                    .orElseThrow(() -> new InvalidValueException(
                            "setting clients",
                            "",
                            "the database server of the service "
                                    + request.service().name() + " on "
                                    + request.server().name()
                                    + " is elsewhere: set clients to the addresses it sees sites come from"));
            database = new Database(
                    database.owner(), database.title(), database.name(), database.user(), database.password(), clients);
        }
        software.dialect().validate(database);
        return database;
    }

    private static String tag(Database database) {
        return Client.known(database) + ".";
    }

    private String title(String what, EngineRequest<Database> request) {
        return software.engine() + ": " + what + " " + request.resource().title() + " on "
                + request.server().name();
    }
}
