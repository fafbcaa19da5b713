// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Command;
import dev.aegir.host.FileChange;
import dev.aegir.host.SecretText;
import dev.aegir.host.Workbench;
import dev.aegir.model.Database;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.RunningSite;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.ComparingEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.RuntimeEngine;
import dev.aegir.spi.SeedingEngine;
import dev.aegir.spi.TableEngine;
import dev.aegir.spi.TranslatingEngine;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** An application that needs everything, and engines that give it, each with commands that say what they are. */
class FakeShop implements Application {
    @Override
    public String name() {
        return "shop";
    }

    @Override
    public Set<ServiceKind<?>> needs(Site site) {
        return Set.of(ServiceKind.RUNTIME, ServiceKind.DB);
    }

    @Override
    public VirtualHost.Handler handler(ApplicationRequest request) {
        return request.runtime().orElseThrow().handler();
    }

    @Override
    public List<VirtualHost.Mount> mounts(ApplicationRequest request) {
        return List.of(new VirtualHost.Mount("/files", request.home().child("files")));
    }

    @Override
    public List<String> writable(Site site) {
        return List.of("files");
    }

    @Override
    public Map<String, String> environment(ApplicationRequest request, HostPath home) {
        return Map.of("SHOP_SETTINGS", home.child("settings").value());
    }

    @Override
    public Optional<Pool.Cron> cron(ApplicationRequest request) {
        return Optional.of(new Pool.Cron(List.of("/usr/bin/shop", request.root().value()), 5));
    }

    @Override
    public List<Step> configure(ApplicationRequest request) {
        DatabaseAccess access = request.database().orElseThrow();
        return List.of(ConfigChange.named(
                        "settings of " + request.site().name(), request.server().name())
                .change(new FileChange.Write(
                        request.home().child("settings"),
                        access.host() + " " + access.user() + " {{password}}",
                        "0440",
                        "root:" + request.workbench().account(),
                        Optional.empty(),
                        Map.of("{{password}}", SecretText.php(access.password()))))
                .build());
    }

    @Override
    public List<Step> install(ApplicationRequest request) {
        return List.of(says("shop: install", request));
    }

    @Override
    public List<Step> remove(ApplicationRequest request) {
        return List.of(says("shop: remove", request));
    }

    @Override
    public List<Step> verify(ApplicationRequest request) {
        return List.of(says("shop: verify", request));
    }

    @Override
    public List<Step> packages(ApplicationRequest request) {
        return List.of(says("shop: look what is there", request));
    }

    @Override
    public List<Step> loaded(ApplicationRequest request) {
        return List.of(says("shop: read what was loaded", request));
    }

    @Override
    public List<Step> imported(ApplicationRequest request) {
        return List.of(says("shop: make itself at home", request));
    }

    @Override
    public List<Step> lookAt(RunningSite running, Site site) {
        return List.of(says("shop: look at " + running, running.server()));
    }

    @Override
    public Map<String, String> brought(Site site) {
        return Map.of("files", "shop/uploads", "elsewhere", "x");
    }

    @Override
    public List<Step> rename(ApplicationRequest request, DomainName former) {
        return List.of(says("shop: rename from " + former, request));
    }

    @Override
    public List<Step> update(ApplicationRequest request) {
        return List.of(says("shop: update", request));
    }

    @Override
    public List<Step> sanitise(ApplicationRequest request) {
        return List.of(says("shop: sanitise", request));
    }

    @Override
    public List<Step> clearCaches(ApplicationRequest request) {
        return List.of(says("shop: clear caches", request));
    }

    @Override
    public List<Step> loginLink(ApplicationRequest request, Optional<String> user) {
        return List.of(says("shop: login " + user.orElse("admin"), request));
    }

    private static Step says(String what, ApplicationRequest request) {
        return RunCommand.of(what, request.server().name(), request.workbench().command("echo", what));
    }

    private static Step says(String what, Name server) {
        return RunCommand.of(what, server, Command.of("echo", what));
    }

    /** Databases. */
    static class Databases implements ComparingEngine, TableEngine, TranslatingEngine {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Step> ensure(EngineRequest<Database> request) {
            return List.of(step("ensure", request));
        }

        @Override
        public List<Step> remove(EngineRequest<Database> request) {
            return List.of(step("drop", request));
        }

        @Override
        public DatabaseAccess access(EngineRequest<Database> request) {
            Database database = request.resource();
            return new DatabaseAccess(
                    Name.of("mysql"),
                    Optional.empty(),
                    database.clients().isEmpty()
                            ? "localhost"
                            : request.server().name() + ".example.net",
                    3306,
                    database.name(),
                    database.user(),
                    database.password());
        }

        @Override
        public Set<String> understands() {
            return Set.of("seeding");
        }

        @Override
        public List<Step> requireTranslatable(EngineRequest<Database> origin, EngineRequest<Database> request) {
            return List.of(step("take what " + origin.service().engine() + " has for", request));
        }

        @Override
        public List<Step> requireEmpty(EngineRequest<Database> request) {
            return List.of(step("empty", request));
        }

        @Override
        public List<Step> removeUser(EngineRequest<Database> request) {
            return List.of(step("remove user", request));
        }

        @Override
        public List<Step> dump(EngineRequest<Database> request, HostPath directory) {
            return List.of(step("dump to " + directory, request));
        }

        @Override
        public List<Step> load(EngineRequest<Database> request, HostPath directory) {
            return List.of(step("load from " + directory, request));
        }

        @Override
        public List<Step> sum(EngineRequest<Database> request, String name) {
            return List.of(step("sum up as " + name, request));
        }

        @Override
        public List<Step> compare(EngineRequest<Database> request, String name) {
            return List.of(step("compare with " + name, request));
        }

        @Override
        public List<Step> requireTables(EngineRequest<Database> request, List<String> tables) {
            return List.of(step("are there " + tables + " in", request));
        }

        @Override
        public List<Step> requireSwitchable(EngineRequest<Database> request, List<String> tables) {
            return List.of(step("look at " + tables + " of", request));
        }

        @Override
        public List<Step> switchTables(EngineRequest<Database> request, Database other, List<String> tables) {
            return List.of(step("switch " + tables + " with " + other.name() + " of", request));
        }

        @Override
        public List<Step> forgetTables(EngineRequest<Database> request, List<String> tables) {
            return List.of(step("forget " + tables + " of", request));
        }

        @Override
        public List<Step> loadForeign(EngineRequest<Database> request, HostPath directory) {
            return List.of(step("load what came from elsewhere, from " + directory, request));
        }

        @Override
        public List<Step> dumpForeign(EngineRequest<Database> request, HostPath directory) {
            return List.of(step("dump what is " + request.resource().name() + " there to " + directory, request));
        }

        static Step step(String verb, EngineRequest<Database> request) {
            Database database = request.resource();
            return says(
                    "db: " + verb + " " + database.user() + " from " + database.clients(),
                    request.server().name());
        }
    }

    /** Databases that can be copied while they are written to. */
    static final class SeedingDatabases extends Databases implements SeedingEngine {
        @Override
        public String name() {
            return "seeding";
        }

        @Override
        public Set<String> understands() {
            return Set.of();
        }

        @Override
        public List<Step> dumpSeed(EngineRequest<Database> request, HostPath directory, String name) {
            return List.of(step("seed of " + name + " to " + directory, request));
        }

        @Override
        public List<Step> loadSeed(EngineRequest<Database> request, HostPath directory, String name) {
            return List.of(step("seed of " + name + " from " + directory, request));
        }

        @Override
        public List<Step> dumpDelta(EngineRequest<Database> request, HostPath directory, String name) {
            return List.of(
                    step("directory of " + directory, request), step("delta of " + name + " to " + directory, request));
        }

        @Override
        public List<Step> loadDelta(EngineRequest<Database> request, HostPath directory, String name) {
            return List.of(step("delta of " + name + " from " + directory, request));
        }

        @Override
        public List<Step> dumpRest(EngineRequest<Database> request, HostPath directory, String name) {
            return List.of(step("rest of " + name + " to " + directory, request));
        }

        @Override
        public List<Step> loadRest(EngineRequest<Database> request, HostPath directory, String name) {
            return List.of(step("rest of " + name + " from " + directory, request));
        }
    }

    /** Processes. */
    static class Processes implements RuntimeEngine {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Step> ensure(EngineRequest<Pool> request) {
            String cron = request.resource().cron().isPresent() ? " with cron" : "";
            return List.of(step("ensure" + cron, request));
        }

        @Override
        public List<Step> remove(EngineRequest<Pool> request) {
            return List.of(step("remove", request));
        }

        @Override
        public VirtualHost.Handler handler(EngineRequest<Pool> request) {
            return new VirtualHost.PhpFpm(
                    HostPath.of("/run/" + request.service().name()));
        }

        @Override
        public Workbench workbench(EngineRequest<Pool> request) {
            Pool pool = request.resource();
            return new Workbench(
                    request.server().name(),
                    pool.account(),
                    pool.home(),
                    pool.code(),
                    HostPath.of("/usr/bin/" + request.service().name()),
                    pool.environment());
        }

        @Override
        public List<Step> runCron(EngineRequest<Pool> request) {
            return List.of(step("run cron", request));
        }

        @Override
        public List<Step> stop(EngineRequest<Pool> request) {
            return List.of(step("stop", request));
        }

        private static Step step(String verb, EngineRequest<Pool> request) {
            return says(
                    "pool: " + verb + " of " + request.service().name(),
                    request.server().name());
        }
    }
}
