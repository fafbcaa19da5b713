// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.engine.file.CopyException.Problem;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import dev.aegir.model.Tree;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A copy within one server, by a program there that reads as the one account and writes as the other. It goes on when the
 * connection or this program dies, and is waited for or ended by whoever runs the step again.
 */
final class LocalCopy {
    private static final String PROGRAM = program();
    private static final Duration LIMIT = Duration.ofHours(24);
    private static final int IN_PART = 23;
    private static final int FULL = 28;
    private static final int NOT_SO = 75;
    private static final int NO_PERL = 127;

    private final StepContext context;
    private final Tree from;
    private final Tree to;

    /**
     * What was copied.
     *
     * @param copied bytes that went through, and files
     * @param shared how many of the files share what is in them with the source's
     */
    record Local(RsyncPair.Copied copied, long shared) {}

    LocalCopy(StepContext context, Tree from, Tree to) {
        this.context = context;
        this.from = from;
        this.to = to;
    }

    /**
     * Copies one path.
     *
     * @param index which of the tree's paths it is
     * @return what was copied; nothing when this server cannot do it so, and nothing was done then that rsync would not go on with
     */
    Optional<Local> copy(int index) throws InterruptedException {
        String path = from.paths().get(index);
        HostPath source = CopyTree.at(from, path);
        HostPath target = CopyTree.at(to, path);
        Host host = context.host(from.server());
        for (int attempt = 1; attempt < context.attempt(); attempt++) {
            host.stop(key(index, attempt));
        }
        Command command = Command.of(
                        "perl",
                        "-",
                        from.account().orElse(""),
                        source.value(),
                        to.account().orElse(""),
                        target.value())
                .timeout(LIMIT);
        CommandResult result = host.runOnce(key(index, context.attempt()), command, Input.text(PROGRAM));
        switch (result.exit()) {
            case 0 -> {
                long vanished = number("vanished", result.stdout());
                if (vanished > 0) {
                    context.log("some files vanished while they were copied");
                }
                return Optional.of(new Local(
                        new RsyncPair.Copied(
                                number("bytes", result.stdout()),
                                number("files", result.stdout()) + number("deleted", result.stdout())),
                        number("shared", result.stdout())));
            }
            case NOT_SO, NO_PERL -> {
                return Optional.empty();
            }
            default -> throw ended(result, source, target);
        }
    }

    /** Ends what an earlier attempt may have left at work. */
    void stop() throws InterruptedException {
        Host host = context.host(from.server());
        for (int index = 0; index < from.paths().size(); index++) {
            for (int attempt = 1; attempt <= context.attempt(); attempt++) {
                host.stop(key(index, attempt));
            }
        }
    }

    private String key(int index, int attempt) {
        return context.key() + ".copy." + index + "." + attempt;
    }

    private CopyException ended(CommandResult result, HostPath source, HostPath target) {
        String what = "The copy of " + from.title() + " from " + source + " to " + target + " on " + to.server() + " ";
        String said = RsyncPair.shown(result.stderr());
        return switch (result.exit()) {
            case FULL ->
                new CopyException(
                        Problem.FULL,
                        what + "stopped: there is no space left for it (" + said
                                + "). Make room there, then try again: what is there is not copied twice.");
            case IN_PART ->
                new CopyException(
                        Problem.UNREADABLE,
                        what + "is not whole: something cannot be read or written (" + said
                                + "). Mend its rights, then try again.");
            default ->
                new CopyException(
                        Problem.TARGET_ENDED,
                        what + "broke off: it ended with " + result.exit() + " (" + said
                                + "). Try again: what is there is not copied twice.");
        };
    }

    private static long number(String what, String text) {
        Matcher found = Pattern.compile("(?m)^" + what + " ([0-9]{1,18})$").matcher(text);
        return found.find() ? Long.parseLong(found.group(1)) : 0;
    }

    private static String program() {
        try (InputStream in = LocalCopy.class.getResourceAsStream("local.pl")) {
            if (in == null) {
                throw new IllegalStateException("this module has no local.pl");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
