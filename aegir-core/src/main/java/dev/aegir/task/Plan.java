// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An ordered list of stages. When a step fails, everything before it is taken back in reverse; once the stage that is the
 * commit point is done, nothing is taken back any more and later steps are tried again instead. Immutable; every method
 * gives a new plan.
 *
 * @param stages the stages in order
 * @param commitStage the number of the stage that is the commit point, counted from 0
 */
public record Plan(List<Stage> stages, OptionalInt commitStage) {
    private static final Plan EMPTY = new Plan(List.of(), OptionalInt.empty());

    /** Validates and copies. */
    public Plan {
        stages = List.copyOf(stages);
        Set<String> names = new HashSet<>();
        for (Stage stage : stages) {
            for (Step step : stage.steps()) {
                if (!names.add(step.name())) {
                    throw new InvalidValueException("step", step.name(), "the plan has two steps of this name");
                }
            }
        }
        if (commitStage.isPresent() && (commitStage.getAsInt() < 0 || commitStage.getAsInt() >= stages.size())) {
            throw new InvalidValueException("commit point", commitStage.toString(), "the plan has no such stage");
        }
    }

    /**
     * A plan without steps.
     *
     * @return the plan
     */
    public static Plan empty() {
        return EMPTY;
    }

    /**
     * A plan of steps one after the other.
     *
     * @param steps the steps
     * @return the plan
     */
    public static Plan of(Step... steps) {
        return EMPTY.then(steps);
    }

    /**
     * This plan and then more steps, one after the other.
     *
     * @param steps the steps
     * @return the longer plan
     */
    public Plan then(Step... steps) {
        return then(List.of(steps));
    }

    /**
     * This plan and then more steps, one after the other.
     *
     * @param steps the steps
     * @return the longer plan
     */
    public Plan then(List<? extends Step> steps) {
        List<Stage> copy = new ArrayList<>(stages);
        steps.forEach(step -> copy.add(new Stage(List.of(step))));
        return new Plan(copy, commitStage);
    }

    /**
     * This plan and then sequences of steps side by side: the first of every sequence together, then the second of every
     * sequence, and so on.
     *
     * @param sequences the sequences; those without steps count for nothing
     * @return the longer plan
     */
    public Plan together(List<? extends List<? extends Step>> sequences) {
        List<Stage> copy = new ArrayList<>(stages);
        int longest = sequences.stream().mapToInt(List::size).max().orElse(0);
        for (int i = 0; i < longest; i++) {
            int row = i;
            Stream<Step> steps = sequences.stream().filter(s -> s.size() > row).map(s -> s.get(row));
            copy.add(new Stage(steps.toList()));
        }
        return new Plan(copy, commitStage);
    }

    /**
     * This plan with its last stage so far as the commit point.
     *
     * @return the plan
     * @throws RefusedException when it has one already, or no stage
     */
    public Plan commit() {
        if (commitStage.isPresent() || stages.isEmpty()) {
            throw new RefusedException("A plan has at most one commit point, and it needs a stage.");
        }
        return new Plan(stages, OptionalInt.of(stages.size() - 1));
    }

    /**
     * This plan with steps before a named one, on which the named one then depends.
     *
     * @param name the name of a step of this plan
     * @param steps what to do before
     * @return the longer plan
     * @throws RefusedException when there is no step of that name; the message lists those there are
     */
    public Plan before(String name, Step... steps) {
        return insert(stageOf(name), steps);
    }

    /**
     * This plan with steps after a named one.
     *
     * @param name the name of a step of this plan
     * @param steps what to do after
     * @return the longer plan
     * @throws RefusedException when there is no step of that name; the message lists those there are
     */
    public Plan after(String name, Step... steps) {
        return insert(stageOf(name) + 1, steps);
    }

    /**
     * All steps in order.
     *
     * @return the steps
     */
    public List<Step> steps() {
        return stages.stream().flatMap(stage -> stage.steps().stream()).toList();
    }

    /**
     * A step by its name.
     *
     * @param name the name
     * @return the step, if there is one
     */
    public Optional<Step> step(String name) {
        return steps().stream().filter(step -> step.name().equals(name)).findFirst();
    }

    private int stageOf(String name) {
        for (int i = 0; i < stages.size(); i++) {
            if (stages.get(i).steps().stream().anyMatch(step -> step.name().equals(name))) {
                return i;
            }
        }
        throw new RefusedException("The plan has no step \"" + name + "\"; it has "
                + steps().stream().map(step -> '"' + step.name() + '"').toList());
    }

    private Plan insert(int at, Step... steps) {
        List<Stage> copy = new ArrayList<>(stages);
        for (int i = 0; i < steps.length; i++) {
            copy.add(at + i, new Stage(List.of(steps[i])));
        }
        // A step after the commit stage stays after it; one before it moves it.
        boolean moves = commitStage.isPresent() && at <= commitStage.getAsInt();
        return new Plan(copy, moves ? OptionalInt.of(commitStage.getAsInt() + steps.length) : commitStage);
    }
}
