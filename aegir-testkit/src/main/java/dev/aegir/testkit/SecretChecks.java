// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Resource;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;

/** Where an engine's secrets must never come out. */
final class SecretChecks<R extends Resource> {
    private final EngineContract<R> contract;

    private SecretChecks(EngineContract<R> contract) {
        this.contract = contract;
    }

    static <R extends Resource> SecretChecks<R> of(EngineContract<R> contract) {
        return new SecretChecks<>(contract);
    }

    void nothingLeaks() throws Exception {
        for (Move move : Move.values()) {
            EngineWorld<R> world = move.world(contract);
            List<Step> steps = move.steps(contract, world);
            for (Step step : steps) {
                silent(move + ", step \"" + step.name() + "\" as it is stored", StoredForm.write(step));
            }
            for (Change change : world.preview(steps)) {
                silent("the preview of " + move, change.toString());
            }
            look(Trial.calm(contract, move));
        }
        Trial.each(contract, Fault.Kind.COMMAND, this::look);
        Trial.each(contract, Fault.Kind.ANSWER, this::look);
    }

    private void look(Trial<R> trial) {
        TestRunner runner = trial.world().runner();
        FakeHost host = trial.world().host();
        runner.lines().forEach(line -> silent(trial.what() + ", in a line of log", line));
        runner.facts().forEach((fact, value) -> silent(trial.what() + ", in what is remembered as " + fact, value));
        runner.results().forEach((name, value) -> silent(trial.what() + ", in the result " + name, value));
        host.executions().forEach(each -> {
            String program = each.command().words().get(0);
            String words = String.join("\n", each.command().words());
            silent(trial.what() + ", in the words of a command (" + program + "), which every account can see", words);
            silent(
                    trial.what() + ", in the environment of a command (" + program + ")",
                    each.command().environment().toString());
        });
        trial.outcome().cause().ifPresent(cause -> messages(trial.what() + ", in what is thrown", cause));
        trial.outcome().undoFailure().ifPresent(cause -> messages(trial.what() + ", in what undo throws", cause));
        host.snapshot().nodes().forEach((path, node) -> {
            if (node instanceof Node.Regular file && !file.mode().endsWith("0")) {
                silent(trial.what() + ", in " + path + ", which everybody may read (" + file.mode() + ")", file.text());
            }
        });
    }

    private void messages(String where, Throwable thrown) {
        silent(where, thrown.toString());
        Optional.ofNullable(thrown.getCause()).ifPresent(cause -> messages(where, cause));
        for (Throwable suppressed : thrown.getSuppressed()) {
            messages(where, suppressed);
        }
    }

    private void silent(String where, String text) {
        if (contract.canary().sings(text)) {
            Assertions.fail("A secret comes out: " + where
                    + ".\nSecrets travel to commands as Input.secret and stand in files only their account can read;"
                    + " steps hold SecretRef.");
        }
    }
}
