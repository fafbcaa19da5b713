// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

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

    /** Plans with whatever the task's handler and the extensions want. */
    Planned plan(Task task) {
        InventoryPlanner planner = new InventoryPlanner(new DocumentInventory(documents, false), registry);
        Plan plan = planned(registry.handler(task), task, planner);
        for (PlanExtension extension : registry.extensions()) {
            plan = nonNull(extension.extend(task, plan, planner), extension);
        }
        return new Planned(plan, planner.locks());
    }

    private static <T extends Task> Plan planned(TaskHandler<T> handler, Task task, InventoryPlanner planner) {
        return nonNull(handler.plan(handler.type().cast(task), planner), handler);
    }

    private static Plan nonNull(@org.jspecify.annotations.Nullable Plan plan, Object from) {
        if (plan == null) {
            throw new RefusedException(from.getClass().getName() + " returned no plan; it must return one.");
        }
        return plan;
    }

    /** Asks every step what it would change. Reads only. */
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
                List<Change> changes = changes(step, context);
                StepCodec.Stored stored = codec.encode(step);
                add(digest, stage + " " + step.name() + " " + stored.type() + " " + stored.json());
                changes.forEach(change -> add(digest, Json.write(change)));
                steps.add(new StepPreview(step.name(), stage, commits, changes));
            }
        }
        return new PlanPreview(
                task.title(), steps, planned.locks(), HexFormat.of().formatHex(digest.digest()));
    }

    private static List<Change> changes(Step step, StepContext context) throws InterruptedException {
        try {
            return step.preview(context);
        } catch (InterruptedException | dev.aegir.model.AegirException e) {
            throw e;
        } catch (Exception e) {
            throw new RefusedException("The step \"" + step.name() + "\" cannot tell what it would change: " + e);
        }
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
