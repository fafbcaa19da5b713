// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.engine.backup.BackupFailedException;
import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.engine.backup.internal.Scripts;
import dev.aegir.host.Command;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Predicate;

/** restic on one server with one repository, during one call of a step. Secrets travel on standard input. */
final class Restic {
    /** sysexits.h: try again later. */
    private static final int LOCKED = 75;

    private final StepContext context;
    private final Repository repository;
    private final Host host;
    private final boolean keeping;

    private Restic(StepContext context, Repository repository, Host host, boolean keeping) {
        this.context = context;
        this.repository = repository;
        this.host = host;
        this.keeping = keeping;
    }

    /** Where the repository is looked after: on the server whose service it is, by the account that keeps it. */
    static Restic keeping(StepContext context, Repository repository) throws InterruptedException {
        return new Restic(context, repository, context.host(repository.server()), true);
    }

    /** Where the files are. */
    static Restic on(StepContext context, Repository repository, Name server) throws InterruptedException {
        return new Restic(context, repository, context.host(server), false);
    }

    Host host() {
        return host;
    }

    /** Runs a script that prints little; one that fails is an error. */
    Programs.Ended run(String script, List<String> arguments) throws InterruptedException {
        return checked(tried(script, arguments));
    }

    /** Runs a script that prints little, and may fail. */
    Programs.Ended tried(String script, List<String> arguments) throws InterruptedException {
        return unlocked(Programs.run(host, command(script, arguments), secrets()));
    }

    /** Runs a script and looks at what it prints. */
    Programs.Ended stream(String script, List<String> arguments, Predicate<String> lines) throws InterruptedException {
        return unlocked(Programs.run(host, command(script, arguments), secrets(), lines));
    }

    /** Runs a script that goes on when the connection breaks, by a program that decides what it may see or do. */
    Programs.Ended once(String what, List<String> by, String script, List<String> arguments)
            throws InterruptedException {
        Command command = command(script, arguments);
        List<String> words = new ArrayList<>(by);
        words.addAll(command.words());
        return unlocked(Programs.once(context, host, what, Command.of(words).timeout(command.timeout()), secrets()));
    }

    /** That it ended well. */
    Programs.Ended checked(Programs.Ended ended) {
        if (ended.exit() != 0) {
            throw new BackupFailedException(
                    host.server() + ": restic could not do its work in " + repository + ": " + ended.why());
        }
        return ended;
    }

    private Programs.Ended unlocked(Programs.Ended ended) {
        if (ended.exit() == LOCKED) {
            throw new RepositoryLockedException(host.server() + ": the repository " + repository
                    + " was locked by somebody else for " + repository.tuning().patience() + " seconds: "
                    + ended.complaints().strip()
                    + "\nTry again later, or wait longer with the setting lock-wait. If whoever holds it is gone for good,"
                    + " `restic unlock --remove-all` ends that.");
        }
        return ended;
    }

    private Command command(String script, List<String> arguments) {
        boolean remote = repository.remote(keeping);
        Repository.Tuning tuning = repository.tuning();
        List<String> words = new ArrayList<>(List.of(
                remote
                        ? "sftp:" + repository.sftp().orElseThrow().user() + "@" + repository.server() + ":"
                                + repository.location()
                        : repository.location(),
                keeping ? repository.sftp().map(Repository.Sftp::user).orElse("") : "",
                String.valueOf(tuning.patience()),
                // What is on this server needs no copy here.
                repository.local() && !remote ? "" : tuning.cache().value(),
                String.valueOf(tuning.cacheLimit()),
                String.valueOf(tuning.upload()),
                String.valueOf(tuning.download()),
                tuning.compression()));
        words.addAll(repository
                .sftp()
                .filter(present -> remote)
                .map(sftp -> List.of(
                        sftp.host(),
                        String.valueOf(sftp.port()),
                        sftp.user(),
                        sftp.hostKey().fingerprint()))
                .orElse(List.of("", "", "", "")));
        words.addAll(repository
                .bucket()
                .map(bucket -> List.of(bucket.region(), bucket.lookup()))
                .orElse(List.of("", "")));
        words.addAll(arguments);
        return Scripts.command(Restic.class, "restic", List.of("restic", script), words);
    }

    private Input secrets() {
        StringBuilder lines = new StringBuilder();
        line(lines, "password", repository.password());
        repository.bucket().ifPresent(bucket -> {
            line(lines, "s3-id", bucket.id());
            line(lines, "s3-key", bucket.key());
        });
        repository
                .sftp()
                .filter(sftp -> repository.remote(keeping))
                .ifPresent(sftp -> lines.append("ssh-key ")
                        .append(Base64.getEncoder()
                                .encodeToString(
                                        (context.secret(sftp.key()).reveal().strip() + "\n")
                                                .getBytes(StandardCharsets.UTF_8)))
                        .append('\n'));
        return Input.secret(Secret.of(lines.toString()));
    }

    private void line(StringBuilder lines, String name, SecretRef reference) {
        String value = context.secret(reference).reveal();
        if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
            throw new RefusedException("The secret " + reference
                    + " is empty or has control characters; restic is given" + " its secrets as lines.");
        }
        lines.append(name).append(' ').append(value).append('\n');
    }
}
