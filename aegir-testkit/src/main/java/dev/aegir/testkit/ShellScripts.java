// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Resource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Assertions;

/**
 * Finds the text that shells are given to run. It must be fixed: what varies with the resource is an argument, which no shell
 * reads as code.
 */
final class ShellScripts {
    private static final Set<String> SHELLS = Set.of("sh", "bash", "dash", "ash", "ksh", "zsh", "busybox", "su", "ssh");

    private ShellScripts() {}

    static <R extends Resource> void areFixed(EngineContract<R> contract) throws Exception {
        Set<String> ofSample = scripts(contract, contract.sample());
        Set<String> ofNeighbour = scripts(contract, contract.neighbour());
        if (!ofSample.equals(ofNeighbour)) {
            Set<String> varying = new TreeSet<>(ofSample);
            varying.removeAll(ofNeighbour);
            Assertions.fail("A shell script varies with the resource, so data becomes code:\n"
                    + String.join("\n", varying)
                    + "\nWrite the script so that it is always the same and takes what varies as $1, $2: "
                    + "Command.of(\"sh\", \"-c\", FIXED, \"sh\", value).");
        }
    }

    private static <R extends Resource> Set<String> scripts(EngineContract<R> contract, R resource) throws Exception {
        EngineWorld<R> world = new EngineWorld<>(contract).prepared();
        int mark = world.host().executions().size();
        world.done("ensure " + resource.title(), world.ensure(resource));
        world.done("remove " + resource.title(), world.remove(resource));
        Set<String> scripts = new TreeSet<>();
        world.host().executions().stream().skip(mark).forEach(each -> collect(each, scripts));
        return scripts;
    }

    private static void collect(Execution execution, Set<String> scripts) {
        List<String> words = execution.command().words();
        for (int i = 0; i < words.size(); i++) {
            if (SHELLS.contains(words.get(i).substring(words.get(i).lastIndexOf('/') + 1))) {
                String script = scriptOf(words.subList(i + 1, words.size()));
                if (script.isEmpty()) {
                    script = new String(execution.input().content(), StandardCharsets.UTF_8);
                }
                scripts.add(script);
                return;
            }
        }
    }

    /** The word after {@code -c}, or after a cluster of options that ends with it; empty when the script is the input. */
    private static String scriptOf(List<String> words) {
        for (int i = 0; i + 1 < words.size(); i++) {
            if (words.get(i).matches("-[a-z]*c")) {
                return words.get(i + 1);
            }
        }
        return "";
    }
}
