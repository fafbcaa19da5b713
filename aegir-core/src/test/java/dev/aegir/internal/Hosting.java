// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.Aegir;
import dev.aegir.host.Command;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileEngine;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.Task;
import java.util.List;

/** Two servers that have nothing but a memory, two codebases, and a site that needs everything there is. */
final class Hosting implements AutoCloseable {
    static final String NAME = "shop.example.net";
    static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db")
            .backup("web1/vault");
    private static final String KEY = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";

    final Machines machines = new Machines();
    final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new FakeShop.Databases())
                .engine(new FakeShop.Processes())
                .engine(new FakeVault())
                .engine(new Copies())
                .application(new FakeShop());
    }

    /** The engine of servers that declare none. */
    private static final class Copies implements FileEngine {
        @Override
        public String name() {
            return "rsync";
        }

        @Override
        public List<Step> ensure(EngineRequest<Tree> request) {
            return List.of();
        }

        @Override
        public List<Step> remove(EngineRequest<Tree> request) {
            return List.of();
        }

        @Override
        public List<Step> copy(EngineRequest<Tree> from, EngineRequest<Tree> to) {
            String what = "copy " + from.resource().directory() + " to "
                    + to.resource().server();
            return List.of(RunCommand.of(what, to.resource().server(), Command.of("echo", what)));
        }
    }

    private static Server server(String name) {
        return Server.at(name, "fake://" + name + ".example.net")
                .hostKey(KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.DB, "fake"))
                .offering(Service.of(ServiceKind.BACKUP, "fake").named("vault"));
    }

    /** Everything is there, and nothing was asked. */
    void begin() throws InterruptedException {
        FakeVault.damaged = false;
        machines.facts = "addresses=192.0.2.7\n";
        done(new EnrolServer(server("web1")));
        done(new EnrolServer(server("web2")));
        for (String code : List.of("shop", "shop-2")) {
            Codebase codebase = Codebase.of(code, new CodeSource(Name.of("fake"), Settings.none()));
            done(new CreateCodebase(codebase.application("shop").on("web1")));
        }
        done(new InstallSite(SITE));
        machines.asked.clear();
    }

    void done(Task task) throws InterruptedException {
        bench.run(task).orThrow();
    }

    @Override
    public void close() {
        bench.close();
    }
}
