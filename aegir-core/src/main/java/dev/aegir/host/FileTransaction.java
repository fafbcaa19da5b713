// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A set of files that shall be so, all or none: staged beside the live ones, checked, switched, activated. When anything
 * fails, every file is put back first and what was active is activated again.
 *
 * @param files how the files shall be; no path twice
 * @param contained what must hold about directories, before the switch and before activation
 * @param checks commands that must succeed with the new files in place, before anything is activated
 * @param activations commands that make the new files effective
 * @param confirmations commands that prove that they are effective
 * @param drift what to do about files that somebody else has changed
 */
public record FileTransaction(
        List<FileChange> files,
        List<Containment> contained,
        List<Command> checks,
        List<Command> activations,
        List<Command> confirmations,
        DriftPolicy drift) {
    /** Validates and copies. */
    public FileTransaction {
        files = List.copyOf(files);
        contained = List.copyOf(contained);
        checks = List.copyOf(checks);
        activations = List.copyOf(activations);
        confirmations = List.copyOf(confirmations);
        Set<HostPath> seen = new HashSet<>();
        for (FileChange file : files) {
            if (!seen.add(file.path())) {
                throw new InvalidValueException("file", file.path().value(), "one change set has it twice");
            }
        }
    }

    /**
     * This transaction with the secrets of its files in their places. Never stored.
     *
     * @param known how a secret is looked up; one that is not found leaves its placeholder
     * @return the transaction to be applied
     */
    public FileTransaction with(Function<SecretRef, Optional<Secret>> known) {
        if (files.stream().noneMatch(file -> file instanceof FileChange.Write write && write.confidential())) {
            return this;
        }
        List<FileChange> ready = new ArrayList<>();
        for (FileChange file : files) {
            ready.add(file instanceof FileChange.Write write ? write.with(known) : file);
        }
        return new FileTransaction(ready, contained, checks, activations, confirmations, drift);
    }
}
