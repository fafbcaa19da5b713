// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Programs of this machine, for what Java cannot make or see. */
final class Shell {
    private Shell() {}

    /** Runs a script in a directory, and gives what it prints. */
    static String run(Path directory, String script) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("bash", "-euc", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (process.waitFor() != 0) {
            throw new IOException(script + " ended with " + process.exitValue() + ": " + said);
        }
        return said;
    }

    /** All that can be told of files: names, kinds, permissions, times, targets and contents. */
    static String fingerprint(Path tree) throws IOException, InterruptedException {
        return run(tree, """
                export LC_ALL=C
                find . -mindepth 1 -printf '%P|%y|%m|%T@|%l\\n' | sort
                find . -type f -print0 | sort -z | xargs -0r sha256sum
                """);
    }
}
