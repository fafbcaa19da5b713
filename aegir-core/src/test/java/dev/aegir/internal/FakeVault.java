// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Backup;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Tree;
import dev.aegir.spi.BackupEngine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Keeps backups in no way, and says what it would do. */
final class FakeVault implements BackupEngine {
    /** Whether what is verified is found damaged. */
    static volatile boolean damaged;

    /** Whether it is not mounted. */
    static volatile boolean away;

    /** The directory it looks into; in any other there is nothing. */
    static final String DIRECTORY = "/srv/vault";

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(Kept.class, Reclaimed.class, There.class);
    }

    @Override
    public List<Step> take(EngineRequest<Backup> request, Map<String, Tree> parts) {
        return List.of(
                new Kept("take " + new TreeMap<>(parts).keySet(), request.resource(), List.copyOf(parts.keySet())));
    }

    @Override
    public List<Step> verify(EngineRequest<Backup> request, Backup.Level level) {
        return List.of(new Kept("verify " + level, request.resource(), List.of()));
    }

    @Override
    public List<Step> restore(EngineRequest<Backup> request, Map<String, Tree> parts) {
        return List.of(new Kept("restore " + parts, request.resource(), List.of()));
    }

    @Override
    public List<Step> remove(EngineRequest<Backup> request) {
        return List.of(new Kept("remove", request.resource(), List.of()));
    }

    @Override
    public List<Step> require(ServiceRequest request) {
        return List.of(new There(
                "vault: is there " + request.service().name(),
                request.settings().text("directory").orElse(DIRECTORY)));
    }

    @Override
    public List<Step> reclaim(ServiceRequest request) {
        return List.of(new Reclaimed("vault: reclaim " + request.service().name()));
    }

    /**
     * Refused unless it is where it is.
     *
     * @param name the step's name
     * @param directory where it is said to be
     */
    public record There(String name, String directory) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            if (away || !directory.equals(DIRECTORY)) {
                throw new RefusedException("There is nothing in " + directory + ".");
            }
        }
    }

    /**
     * Room given back.
     *
     * @param name the step's name
     */
    public record Reclaimed(String name) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of(new Change(Change.Kind.RUN, "vault", "reclaim", ""));
        }

        @Override
        public void run(StepContext context) {}
    }

    /**
     * Something done with a backup.
     *
     * @param verb what
     * @param backup with which
     * @param parts what it then has in it
     */
    public record Kept(String verb, Backup backup, List<String> parts) implements Step {
        /** Copies. */
        public Kept {
            parts = List.copyOf(parts);
        }

        @Override
        public String name() {
            return "vault: " + verb + " " + backup.id();
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of(new Change(Change.Kind.RUN, "vault", verb, ""));
        }

        @Override
        public void run(StepContext context) {
            if (!parts.isEmpty()) {
                context.remember(
                        backup.contentsFact(),
                        new Backup.Contents(
                                context.now(),
                                parts.stream()
                                        .map(part -> new Backup.Part(part, part, 1, "0"))
                                        .toList(),
                                Map.of()));
            }
            if (verb.startsWith("verify") && damaged) {
                context.remember(backup.damagedFact(), true);
                throw new RefusedException("It is damaged.");
            }
        }
    }
}
