// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The programs a fake host has. Thread-safe. */
final class Programs {
    private record Entry(List<String> words, Function<Call, Answer> program) {
        boolean answers(Command command) {
            return command.words().size() >= words.size()
                    && command.words().subList(0, words.size()).equals(words);
        }
    }

    private final List<Entry> entries = new CopyOnWriteArrayList<>();
    private volatile Function<Call, Answer> otherwise =
            call -> Answer.failed(127, call.command().words().get(0) + ": command not found");

    void add(List<String> words, Function<Call, Answer> program) {
        entries.add(0, new Entry(List.copyOf(words), program));
    }

    void otherwise(Function<Call, Answer> program) {
        otherwise = program;
    }

    Function<Call, Answer> of(Command command) {
        return entries.stream()
                .filter(entry -> entry.answers(command))
                .findFirst()
                .map(Entry::program)
                .orElse(otherwise);
    }
}
