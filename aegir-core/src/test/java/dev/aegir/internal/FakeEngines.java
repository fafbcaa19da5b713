// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Release;
import dev.aegir.model.Resource;
import dev.aegir.model.Server;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.Application;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.RehearsingEngine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Change;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Set;

/** Engines and an application that plan the least there can be. */
final class FakeEngines {
    private FakeEngines() {}

    /** Some resource. */
    record Other(Id owner, String title) implements Resource {}

    /** One file for every site. */
    static class Http implements Engine<VirtualHost> {
        @Override
        public ServiceKind<VirtualHost> kind() {
            return ServiceKind.HTTP;
        }

        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Step> prepare(ServiceRequest request) {
            return List.of(ConfigChange.named(
                            "prepare " + request.server().name(),
                            request.server().name())
                    .write(HostPath.of("/etc/fake/main"), "main")
                    .build());
        }

        @Override
        public List<Step> ensure(EngineRequest<VirtualHost> request) {
            VirtualHost host = request.resource();
            Name server = request.server().name();
            return List.of(ConfigChange.named("publish " + host.name() + " on " + server, server)
                    .write(file(host), host + " # " + host.owner(), host.owner())
                    .build());
        }

        @Override
        public List<Step> remove(EngineRequest<VirtualHost> request) {
            VirtualHost host = request.resource();
            Name server = request.server().name();
            return List.of(ConfigChange.named("withdraw " + host.name() + " from " + server, server)
                    .delete(file(host), host.owner())
                    .build());
        }

        private static HostPath file(VirtualHost host) {
            return HostPath.of("/etc/fake").child(host.owner().value());
        }
    }

    /** One that can ask a site before anybody else does. */
    static final class RehearsingHttp extends Http implements RehearsingEngine {
        @Override
        public List<Step> rehearse(EngineRequest<VirtualHost> request, String path) {
            return List.of(
                    step("rehearse " + request.resource().name(), request),
                    step("ask for " + request.resource().name() + path, request));
        }

        @Override
        public List<Step> open(EngineRequest<VirtualHost> request) {
            return ensure(request);
        }

        private static Step step(String what, EngineRequest<VirtualHost> request) {
            return RunCommand.of(what, request.server().name(), Command.of("ask", what));
        }
    }

    /** Brings code by saying that it did. */
    static final class Code implements CodeEngine {
        @Override
        public String name() {
            return "fake";
        }

        @Override
        public List<Step> ensure(EngineRequest<Release> request) {
            return List.of(new Bring(request.server().name(), request.resource()));
        }

        @Override
        public List<Step> remove(EngineRequest<Release> request) {
            Server server = request.server();
            return List.of(RunCommand.of(
                    "remove code " + request.resource().codebase() + " from " + server.name(),
                    server.name(),
                    Command.of("rm", request.resource().path().value())));
        }

        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Bring.class);
        }
    }

    /** Brings a release; the first one finds out its revision. */
    record Bring(Name server, Release release) implements Step {
        @Override
        public String name() {
            return "bring code " + release.codebase() + " to " + server;
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            String fact = Release.revisionFact(release.owner());
            String revision = release.revision()
                    .or(() -> context.recall(fact, String.class))
                    .orElse("r1");
            context.host(server).run(Command.of("bring", release.codebase().value(), revision));
            context.remember(fact, revision);
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            context.host(server).run(Command.of("unbring", release.codebase().value()));
        }
    }

    /** Files. */
    static final class Static implements Application {
        @Override
        public String name() {
            return "static";
        }

        @Override
        public VirtualHost.Handler handler(ApplicationRequest request) {
            return new VirtualHost.StaticFiles();
        }
    }
}
