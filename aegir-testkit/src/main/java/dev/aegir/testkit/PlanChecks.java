// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Resource;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assertions;

/** What an engine's plans must be like before anything runs. */
final class PlanChecks<R extends Resource> {
    private static final int THREADS = 4;
    private final EngineContract<R> contract;
    private final EngineWorld<R> world;

    private PlanChecks(EngineContract<R> contract) {
        this.contract = contract;
        world = new EngineWorld<>(contract);
    }

    static <R extends Resource> PlanChecks<R> of(EngineContract<R> contract) {
        return new PlanChecks<>(contract);
    }

    void areRepeatable() throws Exception {
        Map<String, List<Step>> first = plans();
        same(first, plans(), "Planned again, ");
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<Callable<Map<String, List<Step>>>> several = new ArrayList<>();
            for (int i = 0; i < THREADS * THREADS; i++) {
                several.add(this::plans);
            }
            for (Future<Map<String, List<Step>>> plan : threads.invokeAll(several)) {
                same(first, plan.get(), "Planned by several threads at once, ");
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void same(Map<String, List<Step>> first, Map<String, List<Step>> later, String when) {
        first.forEach((plan, steps) -> {
            List<Step> others = later.get(plan);
            for (int i = 0; i < Math.max(steps.size(), others.size()); i++) {
                Optional<Step> step = i < steps.size() ? Optional.of(steps.get(i)) : Optional.empty();
                Optional<Step> other = i < others.size() ? Optional.of(others.get(i)) : Optional.empty();
                if (!step.equals(other)) {
                    Assertions.fail(when + plan + " is different in its step " + (i + 1) + ":\n"
                            + step.map(Object::toString).orElse("(none)") + "\n"
                            + other.map(Object::toString).orElse("(none)")
                            + "\nPlans are compared and approved by their hash. Keep no state in an engine; no time, no"
                            + " random and no order of a HashMap belongs into a step; steps are records, so that they have"
                            + " equals.");
                }
            }
        });
    }

    void haveDistinctNames() {
        Map<String, String> seen = new LinkedHashMap<>();
        plans().forEach((plan, steps) -> steps.forEach(step -> {
            String name = step.name();
            if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
                Assertions.fail(plan + " has a step named \"" + name + "\"; a name is one line that people can read");
            }
            String other = seen.put(name, plan);
            if (other != null) {
                Assertions.fail("Two steps are named \"" + name + "\": in " + other + " and in " + plan
                        + ". One plan may hold both: put what is done, the resource's title and the server's name into the"
                        + " name.");
            }
        }));
    }

    void surviveTheJournal() {
        Set<Class<? extends Step>> declared = contract.engine().steps();
        for (Step step : all()) {
            Class<? extends Step> type = step.getClass();
            if (!type.isRecord()) {
                Assertions.fail(type.getName() + " is no record; a step is its components, and nothing else is stored");
            }
            if (!type.getPackageName().equals("dev.aegir.task") && !declared.contains(type)) {
                Assertions.fail(type.getName() + " is not declared by " + contract.engineName()
                        + ".steps(); only declared steps are read back after a crash");
            }
            String stored = StoredForm.write(step);
            Step read = StoredForm.read(stored, type);
            Assertions.assertEquals(
                    step,
                    read,
                    "A step is not what it was when it comes back from the journal; its components must be values of the"
                            + " model, text, numbers, collections, or records of these. Stored: " + stored);
            Assertions.assertEquals(
                    stored, StoredForm.write(read), "the stored form changes when it is read and written");
        }
    }

    void leaveTheirInputAlone() {
        for (R resource : List.of(contract.sample(), contract.neighbour())) {
            String before = StoredForm.write(resource);
            world.ensure(resource);
            world.remove(resource);
            Assertions.assertEquals(
                    before,
                    StoredForm.write(resource),
                    contract.engineName() + " changes the resource it is given; copy what you want to change");
        }
    }

    private List<Step> all() {
        Set<Step> all = new HashSet<>();
        plans().values().forEach(all::addAll);
        return List.copyOf(all);
    }

    private Map<String, List<Step>> plans() {
        Map<String, List<Step>> plans = new LinkedHashMap<>();
        plans.put("prepare", world.prepare());
        plans.put("ensure(sample)", world.ensure(contract.sample()));
        plans.put("ensure(sample) on another server", world.ensure(contract.sample(), world.server("web2")));
        plans.put("remove(sample)", world.remove(contract.sample()));
        plans.put("ensure(neighbour)", world.ensure(contract.neighbour()));
        plans.put("remove(neighbour)", world.remove(contract.neighbour()));
        return plans;
    }
}
