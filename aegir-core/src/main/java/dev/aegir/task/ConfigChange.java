// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.Containment;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileState;
import dev.aegir.host.FileTransaction;
import dev.aegir.internal.TextDiff;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The step that nearly all engines need: files shall be so, are checked, made effective, and proved to be; all or nothing,
 * in at most two round trips however many files there are, and in one when everything is so already. Undone, it puts
 * <em>all</em> files back first and then activates.
 *
 * @param name the step's name
 * @param server the server's name
 * @param change the files, and what to do about them
 */
public record ConfigChange(String name, Name server, FileTransaction change) implements Step {
    /** Makes it. */
    public ConfigChange {}

    /**
     * Begins a change.
     *
     * @param name the step's name
     * @param server the server's name
     * @return a builder
     */
    public static Builder named(String name, Name server) {
        return new Builder(name, server);
    }

    /**
     * Several changes as one: all their files, and each of their checks and activations once. All or nothing.
     *
     * @param name the step's name
     * @param changes the changes, of one server and one drift policy; at least one
     * @return the change
     */
    public static ConfigChange merged(String name, List<ConfigChange> changes) {
        ConfigChange first = changes.get(0);
        Set<FileChange> files = new LinkedHashSet<>();
        Set<Containment> contained = new LinkedHashSet<>();
        Set<Command> checks = new LinkedHashSet<>();
        Set<Command> activations = new LinkedHashSet<>();
        for (ConfigChange each : changes) {
            if (!each.server.equals(first.server) || each.change.drift() != first.change.drift()) {
                throw new InvalidValueException("change", each.name, "it is of another server or drift policy");
            }
            files.addAll(each.change.files());
            contained.addAll(each.change.contained());
            checks.addAll(each.change.checks());
            activations.addAll(each.change.activations());
        }
        // One proof of each activation is enough: what was activated was activated as a whole.
        Map<List<Command>, List<Command>> proofs = new LinkedHashMap<>();
        for (ConfigChange each : changes) {
            if (!each.change.confirmations().isEmpty()) {
                proofs.put(each.change.activations(), each.change.confirmations());
            }
        }
        List<Command> confirmations =
                proofs.values().stream().flatMap(List::stream).distinct().toList();
        return new ConfigChange(
                name,
                first.server,
                new FileTransaction(
                        List.copyOf(files),
                        List.copyOf(contained),
                        List.copyOf(checks),
                        List.copyOf(activations),
                        confirmations,
                        first.change.drift()));
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        List<FileState> states =
                context.host(server).files().compare(found(context).files());
        List<Change> changes = new ArrayList<>();
        for (FileState state : states) {
            if (state.drifted() && change.drift() != DriftPolicy.OVERWRITE) {
                String what = change.drift() == DriftPolicy.KEEP ? "is kept as it is" : "stops this task";
                changes.add(new Change(
                        Change.Kind.DRIFT,
                        server.value(),
                        state.path().value(),
                        "changed by somebody else; it " + what + "\n" + difference(state)));
            } else {
                changes.add(change(state));
            }
        }
        boolean effective = states.stream().anyMatch(s -> !s.drifted() || change.drift() == DriftPolicy.OVERWRITE);
        if (effective) {
            change.checks().forEach(command -> changes.add(run(command)));
            change.activations().forEach(command -> changes.add(run(command)));
        }
        return changes;
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Applied applied = context.host(server).files().apply(context.key(), ready(context));
        for (FileState state : applied.drifted()) {
            context.log(state.path() + " on " + server + " had been changed by somebody else and "
                    + (change.drift() == DriftPolicy.KEEP ? "was left as it is:\n" : "was written over:\n")
                    + difference(state));
        }
        if (applied.changed().isEmpty()) {
            context.log("nothing to change");
        } else {
            context.log("changed " + listed(applied.changed()));
        }
        if (!applied.output().isBlank()) {
            context.log(applied.output().strip());
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (context.host(server).files().revert(context.key(), found(context))) {
            context.log("put back what was changed");
        }
    }

    /** With the secrets that are there: one that this plan will make is not there in a preview, and gone in an undo. */
    private FileTransaction found(StepContext context) {
        return change.with(context::findSecret);
    }

    private FileTransaction ready(StepContext context) {
        return change.with(secret -> Optional.of(context.secret(secret)));
    }

    private static String listed(List<HostPath> paths) {
        List<String> first = paths.stream().limit(10).map(HostPath::value).toList();
        return String.join(", ", first) + (paths.size() > 10 ? " and " + (paths.size() - 10) + " more" : "");
    }

    private Change run(Command command) {
        return new Change(Change.Kind.RUN, server.value(), command.toString(), "");
    }

    private Change change(FileState state) {
        Change.Kind kind = state.present().isEmpty()
                ? Change.Kind.CREATE
                : state.change() instanceof FileChange.Delete ? Change.Kind.DELETE : Change.Kind.CHANGE;
        String detail = difference(state);
        if (state.drifted()) {
            detail = "changed by somebody else; it is written over, and kept on the host\n" + detail;
        }
        return new Change(kind, server.value(), state.path().value(), detail);
    }

    private static String difference(FileState state) {
        if (state.attributesOnly() && state.change() instanceof FileChange.Write write) {
            return "permissions or account become " + write.mode() + " " + write.account() + "\n";
        }
        if (state.change() instanceof FileChange.Write write && write.confidential()) {
            return "its content has secrets and is not shown\n";
        }
        String wanted = state.change() instanceof FileChange.Write write ? write.content() : "";
        return TextDiff.unified(state.present().orElse(""), wanted);
    }

    /** Builds a change. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final Name server;
        private final List<FileChange> files = new ArrayList<>();
        private final List<Containment> contained = new ArrayList<>();
        private final List<Command> checks = new ArrayList<>();
        private final List<Command> activations = new ArrayList<>();
        private final List<Command> confirmations = new ArrayList<>();
        private DriftPolicy drift = DriftPolicy.OVERWRITE;

        private Builder(String name, Name server) {
            this.name = name;
            this.server = server;
        }

        /**
         * A file with this content, readable by all (0644, root).
         *
         * @param path which file
         * @param content its text
         * @return this builder
         */
        public Builder write(HostPath path, String content) {
            return change(new FileChange.Write(path, content, "0644", "root:root", Optional.empty()));
        }

        /**
         * A file with this content that belongs to a site or codebase and bears its id.
         *
         * @param path which file
         * @param content its text, with the id somewhere in it
         * @param owner the id
         * @return this builder
         */
        public Builder write(HostPath path, String content, Id owner) {
            return change(new FileChange.Write(path, content, "0644", "root:root", Optional.of(owner)));
        }

        /**
         * No file there.
         *
         * @param path which file
         * @return this builder
         */
        public Builder delete(HostPath path) {
            return change(new FileChange.Delete(path, Optional.empty()));
        }

        /**
         * No file there; if there is one it must bear an id.
         *
         * @param path which file
         * @param owner the id
         * @return this builder
         */
        public Builder delete(HostPath path, Id owner) {
            return change(new FileChange.Delete(path, Optional.of(owner)));
        }

        /**
         * Any change of a file.
         *
         * @param file the change
         * @return this builder
         */
        public Builder change(FileChange file) {
            files.add(file);
            return this;
        }

        /**
         * A directory must really lie inside another, before the switch and again before activation.
         *
         * @param path the directory
         * @param within where it must lie
         * @return this builder
         */
        public Builder contained(HostPath path, HostPath within) {
            contained.add(new Containment(path, within));
            return this;
        }

        /**
         * A command that must succeed with the new files in place, before they are made effective.
         *
         * @param command the command
         * @return this builder
         */
        public Builder check(Command command) {
            checks.add(command);
            return this;
        }

        /**
         * A command that makes the new files effective.
         *
         * @param command the command
         * @return this builder
         */
        public Builder activate(Command command) {
            activations.add(command);
            return this;
        }

        /**
         * A command that proves that the new files are effective.
         *
         * @param command the command
         * @return this builder
         */
        public Builder confirm(Command command) {
            confirmations.add(command);
            return this;
        }

        /**
         * What to do about files that somebody else has changed; they are written over unless said.
         *
         * @param policy the policy
         * @return this builder
         */
        public Builder drift(DriftPolicy policy) {
            drift = policy;
            return this;
        }

        /**
         * The step.
         *
         * @return the step
         */
        public ConfigChange build() {
            return new ConfigChange(
                    name, server, new FileTransaction(files, contained, checks, activations, confirmations, drift));
        }
    }
}
