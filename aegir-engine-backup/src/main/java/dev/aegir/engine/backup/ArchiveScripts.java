// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Scripts;
import dev.aegir.host.Command;
import java.util.List;

/** The scripts beside these classes. */
final class ArchiveScripts {
    private ArchiveScripts() {}

    static Command command(String script, List<String> arguments) {
        List<String> files = switch (script) {
            case "list", "prove" -> List.of("sums", script);
            case "prepare", "begin", "there" -> List.of("store-there", script);
            default -> List.of(script);
        };
        return Scripts.command(ArchiveScripts.class, "backup", files, arguments);
    }

    static Command command(String script, String... arguments) {
        return command(script, List.of(arguments));
    }
}
