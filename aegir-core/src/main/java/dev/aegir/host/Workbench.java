// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a site's own commands run: as the site's account, with its code and files at hand, from a neutral directory and with
 * a clean environment. Immutable; a component of steps.
 *
 * @param server the server
 * @param account the site's account
 * @param home the site's directory
 * @param code the release
 * @param interpreter the program that runs the application's language, by its whole path, such as {@code /usr/bin/php8.2}
 * @param environment the variables that the site's code finds when it is served; no secrets
 */
public record Workbench(
        Name server,
        String account,
        HostPath home,
        HostPath code,
        HostPath interpreter,
        Map<String, String> environment) {
    /** Copies. */
    public Workbench {
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    }

    /**
     * A command of the site.
     *
     * @param words the program and its arguments
     * @return the command, as the site's account, in {@code /}
     */
    public Command command(String... words) {
        return command(List.of(words));
    }

    /**
     * A command of the site.
     *
     * @param words the program and its arguments
     * @return the command, as the site's account, in {@code /}
     */
    public Command command(List<String> words) {
        Command command = Command.of(words).as(account);
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            command = command.environment(variable.getKey(), variable.getValue());
        }
        return command;
    }

    /**
     * A program in the application's language.
     *
     * @param words what the interpreter is given
     * @return the command
     */
    public Command interpret(String... words) {
        List<String> all = new ArrayList<>();
        all.add(interpreter.value());
        all.addAll(List.of(words));
        return command(all);
    }
}
