// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.aegir.host.Command;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Input;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Whatever a word has in it, it arrives as it is: no shell on the way reads it. */
final class HostWordChecks {
    private static final int LONGEST = 128 * 1024 - 1;

    private HostWordChecks() {}

    /** Words that make a file, if anything between here and the program reads them. */
    private static List<String> hostile(HostUnderTest at) {
        String touch = "touch " + at.path("marker");
        return List.of(
                "$(" + touch + ")",
                "`" + touch + "`",
                "; " + touch + ";",
                "| " + touch,
                "|| " + touch,
                "& " + touch + " &",
                "> " + at.path("marker"),
                "'; " + touch + "; '",
                "'\\''; " + touch + "; '\\''",
                "\"; " + touch + "; \"",
                "\\'; " + touch + "; \\'",
                "a\n" + touch + "\n",
                "\r\n" + touch + "\r\n",
                "\nEOF\n" + touch + "\n",
                "~",
                "~root",
                "*",
                "/*",
                "[a-z]*",
                "{a,b}",
                "?",
                "-n",
                "-",
                "--",
                "-e",
                "--help",
                "=x",
                "%s%n%b%%",
                "\\101\\n\\c\\",
                "!!",
                "#",
                "",
                " ",
                "  two  spaces ",
                "\t",
                "line\n",
                "\n",
                "\u0001\u001b[2J",
                "\u007f",
                "\u00e9 \u2603 \ud83d\ude00 \u202e",
                "${PATH}",
                "$HOME $1 $@",
                "");
    }

    static void arriveExactly(HostUnderTest at) throws Exception {
        List<String> words = hostile(at);
        Command print = print(words);
        compare("run", words, at.host().run(print).stdoutBytes());
        compare("start", words, at.stream(print, new byte[0]).out());
        byte[] once = at.host().runOnce(at.key("words"), print, Input.none()).stdoutBytes();
        compare("runOnce", words, once);
        assertFalse(at.exists(at.path("marker")), "A word was read by a shell: it made a file");
    }

    static void arriveExactlyAlone(HostUnderTest at) throws Exception {
        for (String word : hostile(at)) {
            List<String> words = List.of(word);
            compare("run", words, at.host().run(print(words)).stdoutBytes());
        }
        assertFalse(at.exists(at.path("marker")), "A word was read by a shell: it made a file");
    }

    static void mayBeLong(HostUnderTest at) throws Exception {
        List<String> words = List.of("'$(\n".repeat(LONGEST / 4), "end");
        Command print = print(words);
        compare("run", words, at.host().run(print).stdoutBytes());
        compare("start", words, at.stream(print, new byte[0]).out());
        byte[] longest =
                at.stream(print(List.of("x".repeat(LONGEST))), new byte[0]).out();
        assertEquals(LONGEST + 1, longest.length, "the longest word that there can be");
    }

    static void arriveExactlyInTransactions(HostUnderTest at) throws Exception {
        List<String> words = hostile(at);
        List<Command> commands = new ArrayList<>();
        for (String phase : List.of("check", "activate", "confirm")) {
            List<String> save = new ArrayList<>(List.of(
                    "sh",
                    "-c",
                    "printf '%s\\0' \"$@\" >\"$0\"",
                    at.path("said." + phase).value()));
            save.addAll(words);
            commands.add(Command.of(save));
        }
        FileTransaction transaction = new FileTransaction(
                List.of(at.write("file", "text\n")),
                List.of(),
                commands.subList(0, 1),
                commands.subList(1, 2),
                commands.subList(2, 3),
                DriftPolicy.OVERWRITE);
        at.host().files().apply(at.key("words"), transaction);
        for (String phase : List.of("check", "activate", "confirm")) {
            byte[] said = at.host()
                    .files()
                    .read(at.path("said." + phase), 1 << 20)
                    .orElseThrow(() -> new AssertionError("the " + phase + " command of a transaction did not run"));
            compare("the " + phase + " command of a transaction", words, said);
        }
        assertFalse(at.exists(at.path("marker")), "A word was read by a shell: it made a file");
    }

    private static Command print(List<String> words) {
        List<String> command = new ArrayList<>(List.of("printf", "%s\\0"));
        command.addAll(words);
        return Command.of(command);
    }

    private static void compare(String how, List<String> expected, byte[] said) {
        List<String> arrived = List.of(new String(said, StandardCharsets.UTF_8).split("\0", -1));
        for (int i = 0; i < expected.size(); i++) {
            String word = expected.get(i);
            String got = i < arrived.size() ? arrived.get(i) : "(nothing)";
            assertEquals(word, got, how + ": word " + (i + 1) + " is not what it was when it arrives");
        }
        byte[] exact = (String.join("\0", expected) + "\0").getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(exact, said, how + ": the words are not what they were when they arrive");
    }
}
