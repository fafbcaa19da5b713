// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.AegirException;
import dev.aegir.model.HostKey;
import dev.aegir.model.Tree;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A key for one copy: made on the source, which alone ever has it; the target lets it run one command, for a few minutes, from the
 * source's addresses. What is made for it bears its mark on both sides, and is found again by that.
 */
final class MeshKey {
    private static final String DIRECTORY = "/run/aegir-mesh/";
    private static final Duration SCAN = Duration.ofSeconds(30);
    private static final int CANNOT = 75;

    /** Prints how this server may be seen from elsewhere, and the public key. Reads what ssh shall know of the target. */
    private static final String MAKE = """
            # a key for one copy
            umask 077
            for program in ssh ssh-keygen mkfifo; do command -v "$program" >/dev/null || exit 75; done
            rm -rf -- "$1" && mkdir -p -- "$1" && cd -- "$1" || exit 75
            cat >config
            sed -n 's/^# //p' config >known
            ssh-keygen -q -t ed25519 -N '' -C '' -f key || exit 75
            hostname -I || exit 75
            cat key.pub
            """;

    /** Lets a key run the script that is read. The file is replaced as a whole, by one writer at a time. */
    private static final String ALLOW = """
            # one key, one command, a few minutes
            umask 077
            home=$(getent passwd "$2" | cut -d: -f6)
            keys=$home/.ssh/authorized_keys
            [ -n "$home" ] && [ -f "$keys" ] && [ ! -L "$keys" ] && [ ! -L "$home/.ssh" ] || exit 75
            mkdir -p /run/aegir-mesh && exec 9>/run/aegir-mesh/lock && flock 9 || exit 75
            rm -rf -- "$1" && mkdir -- "$1" && cat >"$1/serve" || exit 75
            until=$(date -d '+5 minutes' +%Y%m%d%H%M) || exit 75
            cp -p -- "$keys" "$keys.aegir" && awk -v mark="$3" '$NF != mark' "$keys" >"$keys.aegir" &&
                printf 'restrict,expiry-time="%s",from="%s",command="%s" %s %s\\n' "$until" "$4" "$5" "$6" "$3" >>"$keys.aegir" &&
                mv -f -- "$keys.aegir" "$keys"
            """;

    /** No key of this mark is let in, whether there was one or not; nothing else of that file changes. */
    private static final String FORBID = """
            # the key for one copy is gone
            umask 077
            home=$(getent passwd "$2" | cut -d: -f6)
            keys=$home/.ssh/authorized_keys
            rm -rf -- "$1"
            [ -n "$home" ] && [ -f "$keys" ] && [ ! -L "$keys" ] && [ ! -L "$home/.ssh" ] || exit 0
            awk -v mark="$3" '$NF == mark { found = 1 } END { exit !found }' "$keys" || exit 0
            mkdir -p /run/aegir-mesh && exec 9>/run/aegir-mesh/lock && flock 9 || exit 1
            cp -p -- "$keys" "$keys.aegir" && awk -v mark="$3" '$NF != mark' "$keys" >"$keys.aegir" && mv -f -- "$keys.aegir" "$keys"
            """;

    private final Direct way;
    private final Host source;
    private final Host target;
    private final String mark;

    MeshKey(Direct way, Host source, Host target, String key) {
        this.way = way;
        this.source = source;
        this.target = target;
        this.mark = "aegir-mesh-" + key;
    }

    /** Where the source has what it needs for it. */
    String directory() {
        return DIRECTORY + mark;
    }

    /** Whether the source reaches the target, and it is the one that was enrolled: its public keys as the source sees them. */
    List<String> reached() throws InterruptedException {
        CommandResult scanned =
                source.run(Command.of("ssh-keyscan", "-T", "5", "-p", String.valueOf(way.port()), "--", way.host())
                        .timeout(SCAN));
        return scanned.stdout().lines().flatMap(line -> known(line).stream()).toList();
    }

    private Optional<String> known(String line) {
        String[] words = line.split(" ");
        if (words.length != 3 || line.startsWith("#")) {
            return Optional.empty();
        }
        try {
            String key = words[1] + " " + words[2];
            return HostKey.of(key).equals(way.pinned()) ? Optional.of(key) : Optional.empty();
        } catch (AegirException e) {
            // Some key of a kind that nobody pins.
            return Optional.empty();
        }
    }

    /**
     * Makes the key and lets it in.
     *
     * @param hostKeys who the target is
     * @param served what it may run there
     * @param tree whose it is
     * @return whether that could be done
     */
    boolean make(List<String> hostKeys, Command served, Tree tree) throws InterruptedException {
        CommandResult made = source.run(script(MAKE, directory()), Input.text(config(hostKeys)));
        if (made.exit() == CANNOT) {
            return false;
        }
        List<String> lines = made.orThrow().stdout().lines().toList();
        String seen =
                lines.isEmpty() ? "" : String.join(",", lines.get(0).strip().split("\\s+"));
        if (lines.size() != 2
                || !seen.matches("[0-9A-Fa-f:.,]+")
                || !lines.get(1).matches("ssh-ed25519 [A-Za-z0-9+/=]+ ?")) {
            return false;
        }
        String run = (way.sudo() ? "sudo -n " : "") + "sh " + directory() + "/serve";
        CommandResult allowed = target.run(
                script(
                        ALLOW,
                        directory(),
                        way.account(),
                        mark,
                        seen,
                        run,
                        lines.get(1).strip()),
                Input.text(serve(served, tree)));
        if (allowed.exit() == CANNOT) {
            return false;
        }
        allowed.orThrow();
        return true;
    }

    /** Nothing of it is left on either side, whether there was anything or not. */
    void remove() throws InterruptedException {
        target.run(script(FORBID, directory(), way.account(), mark)).orThrow();
        source.run(Command.of("rm", "-rf", "--", directory())).orThrow();
    }

    private String config(List<String> hostKeys) {
        return hostKeys.stream().map(key -> "# target " + key + "\n").collect(Collectors.joining())
                + """
                Host target
                  HostName %s
                  Port %d
                  User %s
                  HostKeyAlias target
                  UserKnownHostsFile %s/known
                  GlobalKnownHostsFile /dev/null
                  StrictHostKeyChecking yes
                  IdentityFile %s/key
                  IdentitiesOnly yes
                  IdentityAgent none
                  PreferredAuthentications publickey
                  BatchMode yes
                  ConnectTimeout 10
                  ServerAliveInterval 15
                  ForwardAgent no
                  ForwardX11 no
                  ClearAllForwardings yes
                  ControlPath none
                  UpdateHostKeys no
                  LogLevel ERROR
                """.formatted(way.host(), way.port(), way.account(), directory(), directory());
    }

    /** What the key runs: nothing that ssh was told by anybody gets into it. */
    private static String serve(Command served, Tree tree) {
        List<String> as = tree.account()
                .map(account -> List.of("runuser", "-u", account, "--"))
                .orElse(List.of());
        return "cd /\nexec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/ LANG=C.UTF-8 "
                + quoted(as) + quoted(served.words()) + "\n";
    }

    private static String quoted(List<String> words) {
        return words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "' ")
                .collect(Collectors.joining());
    }

    private static Command script(String script, String... arguments) {
        return Command.of(Arrays.asList("sh", "-c", script, "aegir-mesh")).with(arguments);
    }
}
