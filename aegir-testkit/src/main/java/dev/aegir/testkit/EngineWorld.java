// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import dev.aegir.model.Id;
import dev.aegir.model.Resource;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Change;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.testkit.TestRunner.Outcome;
import dev.aegir.testkit.TestRunner.State;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/** A fresh host with the engine under test at work on it. */
final class EngineWorld<R extends Resource> {
    private static final Id SERVER = Id.next();
    private final EngineContract<R> contract;
    private final Engine<R> engine;
    private final Service service;
    private final Server server;
    private final FakeHost host;
    private final TestRunner runner;
    private final Set<Command> looks = new HashSet<>();

    EngineWorld(EngineContract<R> contract) {
        this.contract = contract;
        engine = contract.engine();
        service = contract.service();
        server = server("web1");
        host = FakeHost.named("web1").otherwise(call -> Answer.ok());
        runner = TestRunner.on(host).unknownSecrets(contract.canary()::secret);
        runner.inventory().save(server);
        for (R resource : List.of(contract.sample(), contract.changed(), contract.neighbour())) {
            contract.given(host, resource);
        }
    }

    FakeHost host() {
        return host;
    }

    TestRunner runner() {
        return runner;
    }

    Server server(String name) {
        return Server.at(name, "fake://" + name).identified(SERVER).offering(service);
    }

    List<Step> prepare() {
        return planned("prepare", engine.prepare(new ServiceRequest(server, service)));
    }

    List<Step> ensure(R resource) {
        return ensure(resource, server);
    }

    List<Step> ensure(R resource, Server where) {
        return planned("ensure", engine.ensure(new EngineRequest<>(resource, where, service)));
    }

    List<Step> remove(R resource) {
        return planned("remove", engine.remove(new EngineRequest<>(resource, server, service)));
    }

    /** The world with the software ready. */
    EngineWorld<R> prepared() throws Exception {
        done("prepare", prepare());
        return this;
    }

    /** The world with the software ready and a resource there. */
    EngineWorld<R> having(R resource) throws Exception {
        prepared();
        done("ensure " + resource.title(), ensure(resource));
        return this;
    }

    /** Runs steps that must succeed. */
    void done(String what, List<Step> steps) throws Exception {
        learn(steps);
        Outcome outcome = runner.run(steps);
        if (outcome.state() != State.SUCCEEDED) {
            Assertions.fail(
                    what + ", with nothing going wrong, ended " + outcome
                            + "\nIf the host lacks something (a directory, a program's answer), provide it in given(...).",
                    outcome.cause().orElse(outcome.undoFailure().orElse(null)));
        }
    }

    /** Previews steps; the commands that run meanwhile are known to change nothing from then on. */
    List<Change> preview(List<Step> steps) throws Exception {
        int before = host.executions().size();
        List<Change> changes = runner.preview(steps);
        host.executions().stream().skip(before).map(Execution::command).forEach(looks::add);
        return changes;
    }

    /** Finds out which commands of these steps only look. */
    void learn(List<Step> steps) throws Exception {
        preview(steps);
        steps.stream()
                .filter(RunCommand.class::isInstance)
                .flatMap(step -> ((RunCommand) step).unless().stream())
                .forEach(looks::add);
    }

    boolean onlyLooks(Command command) {
        return looks.contains(command);
    }

    /** The commands that steps made of core's parts say they will run to change something. */
    static Set<Command> announced(List<Step> steps) {
        return steps.stream().flatMap(EngineWorld::commands).collect(Collectors.toSet());
    }

    private static Stream<Command> commands(Step step) {
        if (step instanceof ConfigChange config) {
            return Stream.of(
                            config.change().checks(),
                            config.change().activations(),
                            config.change().confirmations())
                    .flatMap(List::stream);
        }
        return step instanceof RunCommand run
                ? Stream.concat(Stream.of(run.command()), run.undo().stream())
                : Stream.empty();
    }

    private List<Step> planned(String method, List<Step> steps) {
        // A plugin need not be compiled with a null checker.
        if (Objects.isNull(steps) || steps.stream().anyMatch(Objects::isNull)) {
            return Assertions.fail(contract.engineName() + "." + method
                    + " returned null, or a list with null in it. When there is nothing to do, return List.of().");
        }
        return List.copyOf(steps);
    }
}
