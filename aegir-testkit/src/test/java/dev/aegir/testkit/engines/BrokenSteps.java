// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.host.Command;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Change;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Engines whose steps do it badly. */
final class BrokenSteps {
    private BrokenSteps() {}

    /** An engine whose ensure has one more step than the good one. */
    abstract static class WithAStep extends NoteEngine {
        abstract Step step(EngineRequest<Note> request);

        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(
                    WriteOnly.class,
                    Careless.class,
                    Late.class,
                    Swallower.class,
                    Chatty.class,
                    NotTwice.class,
                    Keeper.class);
        }

        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            List<Step> steps = new ArrayList<>(super.ensure(request));
            steps.add(step(request));
            return steps;
        }

        @Override
        public List<Step> remove(EngineRequest<Note> request) {
            List<Step> steps = new ArrayList<>(super.remove(request));
            steps.add(reloading(named("tidy", request), request.server().name())
                    .delete(extra(request.resource()), request.resource().owner())
                    .build());
            return steps;
        }

        static HostPath extra(Note note) {
            return NOTES.child(note.owner() + ".extra");
        }
    }

    /** Writes a file without check and activation; with or without an undo. */
    record WriteOnly(String name, Name server, HostPath path, String content, boolean undone) implements Step {
        @Override
        public List<Change> preview(StepContext context) throws InterruptedException {
            return context.host(server).files().compare(change().files()).isEmpty()
                    ? List.of()
                    : List.of(new Change(Change.Kind.CREATE, server.value(), path.value(), content));
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            context.host(server).files().apply(context.key(), change());
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            if (undone) {
                context.host(server).files().revert(context.key(), change());
            }
        }

        private FileTransaction change() {
            FileChange file = new FileChange.Write(path, content, "0644", "root:root", Optional.empty());
            return new FileTransaction(
                    List.of(file), List.of(), List.of(), List.of(), List.of(), DriftPolicy.OVERWRITE);
        }
    }

    static final class ForgetsUndo extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            Note note = request.resource();
            return new WriteOnly(
                    named("extra", request), request.server().name(), extra(note), "# " + note.owner(), false);
        }
    }

    static final class ReloadsBeforeRestoring extends NoteEngine {
        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(WriteOnly.class);
        }

        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            Name server = request.server().name();
            Command loaded = Command.of("notes", "loaded", content(request.resource()));
            return List.of(
                    new WriteOnly(
                            named("write", request),
                            server,
                            file(request.resource()),
                            content(request.resource()),
                            true),
                    RunCommand.of(named("reload", request), server, RELOAD)
                            .unless(loaded)
                            .undoneBy(RELOAD));
        }
    }

    static final class OneFileForAll extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            return List.of(reloading(named("publish", request), request.server().name())
                    .write(NOTES.child("all.note"), content(request.resource()))
                    .build());
        }

        @Override
        public List<Step> remove(EngineRequest<Note> request) {
            return List.of(
                    reloading(named("withdraw", request), request.server().name())
                            .delete(NOTES.child("all.note"))
                            .build());
        }
    }

    static final class OverwritesForeignFiles extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            return List.of(reloading(named("publish", request), request.server().name())
                    .write(file(request.resource()), content(request.resource()))
                    .build());
        }
    }

    static final class DeletesForeignFiles extends NoteEngine {
        @Override
        public List<Step> remove(EngineRequest<Note> request) {
            return List.of(
                    reloading(named("withdraw", request), request.server().name())
                            .delete(file(request.resource()))
                            .build());
        }
    }

    static final class LeavesSomething extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            Note note = request.resource();
            return reloading(named("extra", request), request.server().name())
                    .write(NOTES.child(note.owner() + ".left"), "# " + note.owner(), note.owner())
                    .build();
        }
    }

    static final class OnlyAdds extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            Note note = request.resource();
            ConfigChange.Builder change =
                    reloading(named("publish", request), request.server().name());
            for (int i = 0; i < note.lines().size(); i++) {
                String content = content(
                        new Note(note.owner(), note.title(), note.lines().subList(i, i + 1)));
                change.write(NOTES.child(note.owner() + "." + i), content, note.owner());
            }
            return List.of(change.build());
        }

        @Override
        public List<Step> remove(EngineRequest<Note> request) {
            Note note = request.resource();
            ConfigChange.Builder change =
                    reloading(named("withdraw", request), request.server().name());
            for (int i = 0; i < 10; i++) {
                change.delete(NOTES.child(note.owner() + "." + i), note.owner());
            }
            return List.of(change.build());
        }
    }

    static final class WritesOutsideItsTerritory extends NoteEngine {
        @Override
        public List<Step> prepare(ServiceRequest request) {
            return List.of(reloading(
                            "notes: prepare " + request.server().name(),
                            request.server().name())
                    .write(HostPath.of("/etc/passwd"), "notes\n")
                    .build());
        }
    }

    static final class AlwaysRunsItsCommand extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            return List.of(
                    super.ensure(request).get(0),
                    RunCommand.of(
                            named("announce", request),
                            request.server().name(),
                            Command.of("wall", request.resource().title())));
        }
    }

    static final class NeverRunsItsCommand extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            Command wall = Command.of("wall", request.resource().title());
            return List.of(
                    super.ensure(request).get(0),
                    RunCommand.of(named("announce", request), request.server().name(), wall)
                            .unless(Command.of("true")));
        }
    }

    /** Runs a command, and does not care how it ends. */
    record Careless(String name, Name server, HostPath path) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            context.host(server).run(Command.of("notes", "index", path.value()));
        }
    }

    static final class IgnoresExitCodes extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Careless(named("index", request), request.server().name(), file(request.resource()));
        }
    }

    /** Remembers what was there only after it has changed it. */
    record Late(String name, Name server, HostPath path, String content) implements Step {
        @Override
        public List<Change> preview(StepContext context) throws InterruptedException {
            return content.equals(read(context))
                    ? List.of()
                    : List.of(new Change(Change.Kind.CREATE, server.value(), path.value(), content));
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            String before = read(context);
            if (!before.equals(content)) {
                write(context, content);
                context.remember(name, before);
            }
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            Optional<String> before = context.recall(name, String.class);
            if (before.isPresent()) {
                write(context, before.get());
            }
        }

        private String read(StepContext context) throws InterruptedException {
            return context.host(server)
                    .files()
                    .read(path, 10_000)
                    .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .orElse("");
        }

        private void write(StepContext context, String text) throws InterruptedException {
            context.host(server)
                    .run(Command.of("notes", "write", path.value(), text))
                    .orThrow();
        }
    }

    static final class RemembersTooLate extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            Note note = request.resource();
            return new Late(named("extra", request), request.server().name(), extra(note), "# " + note.owner());
        }
    }

    /** Takes everything for a failure that it can go on after. */
    record Swallower(String name, Name server, HostPath path) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            try {
                context.host(server)
                        .run(Command.of("notes", "index", path.value()))
                        .orThrow();
            } catch (Throwable e) {
                context.log("never mind: " + e.getMessage());
            }
        }
    }

    static final class SwallowsEverything extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Swallower(named("index", request), request.server().name(), file(request.resource()));
        }
    }

    /** Keeps the host it was lent, to save asking for it. */
    record Keeper(String name, Name server, HostPath path) implements Step {
        private static final Map<Name, Host> HOSTS = new ConcurrentHashMap<>();

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            Host now = context.host(server);
            HOSTS.computeIfAbsent(server, absent -> now).files().read(path, 1000);
        }
    }

    static final class KeepsTheHost extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Keeper(named("read", request), request.server().name(), file(request.resource()));
        }
    }

    /** Logs without end, or waits for ever. */
    record Chatty(String name, boolean hangs) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            for (int i = 0; i < 20_000; i++) {
                context.log(
                        "still at it, and this is line number " + i + " of very, very many lines that nobody reads");
            }
            if (hangs) {
                new java.util.concurrent.CountDownLatch(1).await();
            }
        }
    }

    static final class LogsWithoutEnd extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Chatty(named("chat", request), false);
        }
    }

    static final class HangsWhileRunning extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Chatty(named("chat", request), true);
        }
    }

    /** Fails when it was done before, as {@code mkdir} does. */
    record NotTwice(String name, Name server, HostPath path, String content) implements Step {
        @Override
        public List<Change> preview(StepContext context) throws InterruptedException {
            return context.host(server).files().read(path, 10_000).isPresent()
                    ? List.of()
                    : List.of(new Change(Change.Kind.CREATE, server.value(), path.value(), content));
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            if (context.attempt() > 1 || !preview(context).isEmpty()) {
                context.host(server)
                        .run(Command.of("notes", "create", path.value(), content))
                        .orThrow();
            }
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            context.host(server)
                    .run(Command.of("notes", "write", path.value(), ""))
                    .orThrow();
        }
    }

    static final class CannotBeResumed extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            Note note = request.resource();
            return new NotTwice(named("extra", request), request.server().name(), extra(note), "# " + note.owner());
        }
    }
}
