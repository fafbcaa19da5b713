// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Scripts;
import dev.aegir.host.Command;
import java.util.List;

/** The scripts beside these classes. */
final class ArchiveScripts {
    private ArchiveScripts() {}

    static Command command(String script, List<String> arguments) {
        boolean sums = script.equals("list") || script.equals("prove");
        return Scripts.command(
                ArchiveScripts.class, "backup", sums ? List.of("sums", script) : List.of(script), arguments);
    }

    static Command command(String script, String... arguments) {
        return command(script, List.of(arguments));
    }
}
