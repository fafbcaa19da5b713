// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.AegirException;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Documents;
import dev.aegir.spi.PlanExtension;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Change;
import dev.aegir.task.Plan;
import dev.aegir.task.PlanPreview;
import dev.aegir.task.PlanPreview.StepPreview;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.Task;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Plans tasks and shows plans. Thread-safe. */
final class Planning {
    private final Registry registry;
    private final StepCodec codec;
    private final Documents documents;
    private final Hosts hosts;
    private final SecretSource secrets;
    private final InstantSource clock;

    Planning(
            Registry registry,
            StepCodec codec,
            Documents documents,
            Hosts hosts,
            SecretSource secrets,
            InstantSource clock) {
        this.registry = registry;
        this.codec = codec;
        this.documents = documents;
        this.hosts = hosts;
        this.secrets = secrets;
        this.clock = clock;
    }

    /**
     * Plans with whatever the task's handler and the extensions want.
     *
     * @throws RefusedException also when one of them throws something else, or plans what cannot be stored
     */
    Planned plan(Task task) {
        InventoryPlanner planner = new InventoryPlanner(new DocumentInventory(documents, false), registry);
        TaskHandler<?> handler = registry.handler(task);
        Plan plan = from(handler, () -> planned(handler, task, planner));
        for (PlanExtension extension : registry.extensions()) {
            Plan soFar = plan;
            plan = from(extension, () -> extension.extend(task, soFar, planner));
        }
        return new Planned(plan, plan.steps().stream().map(codec::encode).toList(), planner.locks());
    }

    private static <T extends Task> Plan planned(TaskHandler<T> handler, Task task, InventoryPlanner planner) {
        return handler.plan(handler.type().cast(task), planner);
    }

    private static Plan from(Object planning, Supplier<@Nullable Plan> call) {
        @Nullable Plan plan;
        try {
            plan = call.get();
        } catch (AegirException e) {
            throw e;
        } catch (RuntimeException | Error e) {
            throw refused(planning.getClass().getName() + " failed to plan: " + e, e);
        }
        if (plan == null) {
            throw new RefusedException(planning.getClass().getName() + " returned no plan; it must return one.");
        }
        return plan;
    }

    private static RefusedException refused(String message, Throwable cause) {
        RefusedException refused = new RefusedException(message);
        refused.initCause(cause);
        return refused;
    }

    /** Asks every step what it would change. Reads only; secrets that a step looks up for that are not shown. */
    PlanPreview preview(Task task, Planned planned) throws InterruptedException {
        PreviewContext.Facts facts = new PreviewContext.Facts();
        List<StepPreview> steps = new ArrayList<>();
        MessageDigest digest = sha256();
        Plan plan = planned.plan();
        add(digest, plan.commitStage().toString());
        for (int stage = 0; stage < plan.stages().size(); stage++) {
            boolean commits = plan.commitStage().orElse(-1) == stage;
            for (Step step : plan.stages().get(stage).steps()) {
                StepContext context =
                        new PreviewContext(facts, new DocumentInventory(documents, false), hosts, secrets, clock);
                List<Change> changes = changes(step, context, facts.redactor());
                StepCodec.Stored stored = planned.stored().get(steps.size());
                add(digest, stage + " " + step.name() + " " + stored.type() + " " + stored.json());
                changes.forEach(change -> add(digest, Json.write(change)));
                steps.add(new StepPreview(step.name(), stage, commits, changes));
            }
        }
        return new PlanPreview(
                task.title(), steps, planned.locks(), HexFormat.of().formatHex(digest.digest()));
    }

    private static List<Change> changes(Step step, StepContext context, Redactor redactor) throws InterruptedException {
        @Nullable List<Change> changes;
        try {
            changes = step.preview(context);
        } catch (InterruptedException | AegirException e) {
            throw e;
        } catch (Exception | Error e) {
            throw refused(
                    "The step \"" + step.name() + "\" cannot tell what it would change: "
                            + redactor.redact(String.valueOf(e)),
                    redactor.redact(e));
        }
        if (changes == null) {
            throw new RefusedException(
                    "The step \"" + step.name() + "\" (" + step.getClass().getName()
                            + ") returned no changes; it must return a list, empty when nothing would change.");
        }
        return changes.stream()
                .map(change -> new Change(
                        change.kind(),
                        change.where(),
                        redactor.redact(change.subject()),
                        redactor.redact(change.detail())))
                .toList();
    }

    private static void add(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
