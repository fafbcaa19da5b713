// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.host.Command;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Engines whose previews lie, and engines that let secrets out. */
final class BrokenPreviewsAndSecrets {
    private BrokenPreviewsAndSecrets() {}

    abstract static class WithAStep extends NoteEngine {
        abstract Step step(EngineRequest<Note> request);

        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Lying.class, Leaky.class);
        }

        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            List<Step> steps = new ArrayList<>(super.ensure(request));
            steps.add(step(request));
            return steps;
        }
    }

    /** What a preview can get wrong. */
    enum Lie {
        WRITES,
        TELLS,
        DIFFERS
    }

    record Lying(String name, Name server, HostPath path, Lie lie) implements Step {
        private static int asked;

        @Override
        public List<Change> preview(StepContext context) throws InterruptedException {
            if (lie == Lie.WRITES) {
                write(context, server, path, "x");
            } else if (lie == Lie.TELLS) {
                context.result(name, "looked");
            } else {
                return List.of(new Change(Change.Kind.RUN, server.value(), "time no. " + asked++, ""));
            }
            return List.of();
        }

        @Override
        public void run(StepContext context) {}
    }

    static final class PreviewWrites extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Lying(named("lie", request), request.server().name(), NOTES.child("x"), Lie.WRITES);
        }
    }

    static final class PreviewTells extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Lying(named("lie", request), request.server().name(), NOTES.child("x"), Lie.TELLS);
        }
    }

    static final class PreviewDiffers extends WithAStep {
        @Override
        Step step(EngineRequest<Note> request) {
            return new Lying(named("lie", request), request.server().name(), NOTES.child("x"), Lie.DIFFERS);
        }
    }

    /** The good engine's step, that says it changes nothing. */
    record Silent(String name, dev.aegir.task.ConfigChange change) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws Exception {
            change.run(context);
        }

        @Override
        public void undo(StepContext context) throws Exception {
            change.undo(context);
        }
    }

    static final class PreviewConceals extends NoteEngine {
        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Silent.class);
        }

        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            return List.of(new Silent(named("silently", request), (dev.aegir.task.ConfigChange)
                    super.ensure(request).get(0)));
        }
    }

    /** Where a secret comes out. */
    enum Leak {
        LOG,
        LOG_IN_BASE64,
        WORDS,
        ENVIRONMENT,
        FACT,
        RESULT,
        EXCEPTION,
        FILE
    }

    record Leaky(String name, Name server, SecretRef password, HostPath path, Leak leak) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            String secret = context.secret(password).reveal();
            Command login = Command.of("notes", "login");
            switch (leak) {
                case LOG -> context.log("the password is " + secret);
                case LOG_IN_BASE64 ->
                    context.log("authorization: "
                            + Base64.getEncoder().encodeToString(("notes:" + secret).getBytes(StandardCharsets.UTF_8)));
                case WORDS -> context.host(server).run(login.with("--password=" + secret));
                case ENVIRONMENT -> context.host(server).run(login.environment("PASSWORD", secret));
                case FACT -> context.remember(name, secret);
                case RESULT -> context.result("password", secret);
                case EXCEPTION -> {
                    if (!context.host(server).run(login).succeeded()) {
                        throw new RefusedException("could not log in with " + secret);
                    }
                }
                case FILE -> write(context, server, path, secret);
            }
        }
    }

    private static void write(StepContext context, Name server, HostPath path, String text)
            throws InterruptedException {
        FileChange file = new FileChange.Write(path, text, "0644", "root:root", Optional.empty());
        context.host(server)
                .files()
                .apply(
                        "x",
                        new FileTransaction(
                                List.of(file), List.of(), List.of(), List.of(), List.of(), DriftPolicy.OVERWRITE));
    }

    /** Lets the secret out in one place. */
    static final class Leaks extends WithAStep {
        private final Leak leak;

        Leaks(Leak leak) {
            this.leak = leak;
        }

        @Override
        Step step(EngineRequest<Note> request) {
            return new Leaky(
                    named("log in", request),
                    request.server().name(),
                    request.settings().secret("password").orElseThrow(),
                    NOTES.child("password"),
                    leak);
        }
    }
}
