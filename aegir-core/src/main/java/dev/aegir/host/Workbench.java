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
 * @param offline whether it has no network: sockets of the server's file system are all it can reach
 */
public record Workbench(
        Name server,
        String account,
        HostPath home,
        HostPath code,
        HostPath interpreter,
        Map<String, String> environment,
        boolean offline) {
    /**
     * In a network and mounts of its own, which end with it. What answers for the whole server by a socket of the file system would
     * ask others for it, such as for the address of a name.
     */
    private static final String OFFLINE = """
            # run without a network
            account=$1
            shift
            for each in /run/dbus /run/systemd /run/nscd /run/avahi-daemon; do
                [ ! -d "$each" ] || mount -t tmpfs -o ro,nosuid,nodev,noexec,mode=0000 none "$each" || exit 1
            done
            exec setpriv --reuid "$account" --regid "$account" --init-groups --no-new-privs --inh-caps=-all -- "$@"
            """;

    /** Copies. */
    public Workbench {
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    }

    /**
     * One with the network of its server.
     *
     * @param server the server
     * @param account the site's account
     * @param home the site's directory
     * @param code the release
     * @param interpreter the program that runs the application's language
     * @param environment the variables that the site's code finds
     */
    public Workbench(
            Name server,
            String account,
            HostPath home,
            HostPath code,
            HostPath interpreter,
            Map<String, String> environment) {
        this(server, account, home, code, interpreter, environment, false);
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
        Command command = offline ? withoutNetwork(words) : Command.of(words).as(account);
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            command = command.environment(variable.getKey(), variable.getValue());
        }
        return command;
    }

    private Command withoutNetwork(List<String> words) {
        return Command.of("unshare", "--net", "--mount", "--", "sh", "-c", OFFLINE, "aegir-offline", account)
                .with(words.toArray(String[]::new))
                .environment("HOME", home.value());
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
