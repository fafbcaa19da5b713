// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.model.HostPath;
import java.util.List;

/**
 * What is seen of code on a server, without reading it as a program.
 *
 * @param there whether there is a web root
 * @param wordpress whether WordPress is in it
 * @param nested whether the directory above is a WordPress too
 * @param own the {@code wp-config.php} in the web root
 * @param beside the {@code wp-config.php} above it
 */
record WordPressCode(boolean there, boolean wordpress, boolean nested, File own, File beside) {
    private static final String MARK =
            AcceptWordPress.DISPATCHER.lines().skip(1).findFirst().orElseThrow();
    private static final String LOOK = """
            # look for WordPress
            root=$1 mark=$2
            what() {
                if [ ! -e "$2" ] && [ ! -L "$2" ]; then echo "$1 ABSENT"
                elif [ ! -L "$2" ] && [ -f "$2" ] && head -c 65536 -- "$2" | grep -qxF -- "$mark"; then echo "$1 OURS"
                else echo "$1 FOREIGN"
                fi
            }
            [ ! -d "$root" ] || echo there
            [ ! -f "$root/wp-load.php" ] || [ ! -f "$root/wp-includes/version.php" ] || echo wordpress
            [ ! -e "${root%/*}/wp-settings.php" ] || echo nested
            what own "$root/wp-config.php"
            what beside "${root%/*}/wp-config.php"
            """;

    /** Whose a file is. */
    enum File {
        ABSENT,
        OURS,
        FOREIGN
    }

    static HostPath beside(HostPath root) {
        return root.parent().child("wp-config.php");
    }

    static WordPressCode look(Host host, HostPath root) throws InterruptedException {
        List<String> seen = host.run(Command.of("sh", "-c", LOOK, "aegir-wordpress", root.value(), MARK))
                .orThrow()
                .stdout()
                .lines()
                .toList();
        return new WordPressCode(
                seen.contains("there"),
                seen.contains("wordpress"),
                seen.contains("nested"),
                file(seen, "own "),
                file(seen, "beside "));
    }

    private static File file(List<String> seen, String which) {
        return seen.stream()
                .filter(line -> line.startsWith(which))
                .map(line -> File.valueOf(line.substring(which.length())))
                .findFirst()
                .orElseThrow();
    }
}
