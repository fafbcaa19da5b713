// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.engine.app.WordPressException.Problem;
import dev.aegir.engine.app.tool.Found;
import dev.aegir.engine.app.tool.Tool;
import dev.aegir.engine.app.tool.Tools;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.host.Workbench;
import dev.aegir.model.DatabaseAccess;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.StepContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A site's WordPress, as steps ask it: by a program of ours that loads it, as the site's account, and answers between marks
 * that only this call knows. What the site's code prints is no answer, and an answer is nothing but data about this site.
 *
 * @param name the site's name
 * @param id the site's id
 * @param workbench where its code runs
 * @param root where its code is
 * @param secrets what its code knows and no message may show
 */
record WordPressSite(DomainName name, Id id, Workbench workbench, HostPath root, List<SecretRef> secrets) {
    /** What runs in PHP: it is the same for every call. */
    private static final String RUNNER = PhpResource.code("wordpress-rename.php")
            + PhpResource.code("addresses.php")
            + PhpResource.code("policy.php")
            + PhpResource.code("wordpress-sanitise.php")
            + PhpResource.code("wordpress-tables.php")
            + PhpResource.code("wordpress-runner.php");

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MOST_SAID = 2000;

    WordPressSite {
        secrets = List.copyOf(secrets);
    }

    static WordPressSite of(ApplicationRequest request) {
        Optional<SecretRef> password = request.database().map(DatabaseAccess::password);
        return new WordPressSite(
                request.site().name(),
                request.site().id(),
                request.workbench(),
                request.root(),
                password.map(secret -> List.of(secret, WordPressSettings.salts(request.site())))
                        .orElse(List.of()));
    }

    /** What is sent to the program. */
    private record Question(String root, String verb, String mark, Map<String, String> arguments) {}

    /** What comes back. */
    private record Answer(Optional<String> problem, Optional<String> message, Optional<Map<String, String>> facts) {}

    /**
     * Asks, and waits for the answer.
     *
     * @throws WordPressException when it cannot do it
     */
    Map<String, String> ask(StepContext context, String verb, Map<String, String> arguments)
            throws InterruptedException {
        String mark = mark();
        Input question = Input.secret(Secret.of(question(verb, mark, arguments)));
        hide(context);
        return read(context.host(workbench.server()).run(command(Duration.ofMinutes(2)), question), mark);
    }

    /** Asks for what takes its time and must not run twice at once: after a crash this waits for the run that was begun. */
    Map<String, String> askOnce(StepContext context, String verb, Map<String, String> arguments, Duration timeout)
            throws InterruptedException {
        String fact = context.key() + ".mark";
        Optional<String> begun = context.recall(fact, String.class);
        String mark = begun.orElseGet(WordPressSite::mark);
        if (begun.isEmpty()) {
            context.remember(fact, mark);
        }
        hide(context);
        Input question = Input.text(question(verb, mark, arguments));
        return read(context.host(workbench.server()).runOnce(context.key(), command(timeout), question), mark);
    }

    /** What does the work in a step, decided before anything is changed. */
    Found tool(StepContext context, Optional<Tools> tools) throws InterruptedException {
        if (tools.isEmpty()) {
            return Found.OURS;
        }
        hide(context);
        Found found = tools.get().decide(context, workbench);
        if (tools.get().required() && found.tool().isEmpty()) {
            throw wrong(Problem.NO_TOOL, found.said());
        }
        return found;
    }

    /** The same for a preview, which shows what it can. */
    String preview(StepContext context, Optional<Tools> tools) throws InterruptedException {
        hide(context);
        String said = tools.isEmpty()
                ? Found.OURS.said()
                : tools.get().look(context.host(workbench.server()), workbench).said();
        return "by " + Said.shown(said, MOST_SAID) + "\n";
    }

    /** Has a program of others do something, once; what came of it must be looked at. */
    void use(StepContext context, Tools tools, Tool tool, List<String> words) throws InterruptedException {
        hide(context);
        CommandResult result = tools.run(context, workbench, tool, words, Duration.ofHours(1));
        if (!result.succeeded()) {
            throw wrong(
                    Problem.TOOL,
                    tool + " " + String.join(" ", words) + " ended with " + result.exit() + Tools.printed(result));
        }
    }

    /** What the site's code knows is redacted, should it print it. */
    private void hide(StepContext context) {
        secrets.forEach(context::findSecret);
    }

    private String question(String verb, String mark, Map<String, String> arguments) {
        return StoredForm.write(new Question(root.value(), verb, mark, arguments));
    }

    private static String mark() {
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Standard output is the answer's alone: what the site's code prints goes where complaints go. */
    Command command(Duration timeout) {
        return workbench
                .command(
                        "sh",
                        "-c",
                        "exec \"$@\" 3>&1 1>&2",
                        "aegir-wordpress",
                        workbench.interpreter().value(),
                        "-d",
                        "display_errors=stderr",
                        "-d",
                        "html_errors=0",
                        "-d",
                        "log_errors=0",
                        "-d",
                        "zend.exception_ignore_args=1",
                        "-d",
                        "auto_prepend_file=",
                        "-d",
                        "memory_limit=512M",
                        "-r",
                        RUNNER)
                .timeout(timeout);
    }

    /** The facts of an answer: the exit code must say so, and the marks must stand around it. */
    Map<String, String> read(CommandResult result, String mark) {
        String begin = "\n" + mark + " ";
        String end = "\n" + mark + ".\n";
        String out = result.stdout();
        int from = out.indexOf(begin);
        int to = from < 0 ? -1 : out.indexOf(end, from);
        if (to < 0) {
            throw wrong(Problem.NO_ANSWER, "it ended with " + result.exit() + printed(result));
        }
        Answer answer;
        try {
            answer = StoredForm.read(out.substring(from + begin.length(), to), Answer.class);
        } catch (IllegalArgumentException e) {
            throw wrong(Problem.NO_ANSWER, "what it answered is none" + printed(result));
        }
        if (answer.problem().isPresent()) {
            throw wrong(problem(answer.problem().get()), answer.message().orElse("") + printed(result));
        } else if (!result.succeeded() || answer.facts().isEmpty()) {
            throw wrong(Problem.DIES, "it ended with " + result.exit() + " after it was done" + printed(result));
        }
        return answer.facts().get();
    }

    /** Does something with an answer, which may turn out to be none. */
    void understood(Runnable reading) {
        try {
            reading.run();
        } catch (IllegalArgumentException e) {
            throw wrong(Problem.NO_ANSWER, "what it answered is none");
        }
    }

    private static Problem problem(String said) {
        try {
            return Problem.valueOf(said);
        } catch (IllegalArgumentException e) {
            return Problem.DIES;
        }
    }

    WordPressException wrong(Problem problem, String said) {
        return new WordPressException(workbench.server(), name, problem, Said.shown(said, MOST_SAID));
    }

    private static String printed(CommandResult result) {
        // Often a page, of which the words matter.
        String said = result.stderr()
                .replaceAll("(?s)<style.*?</style>|<[^>]*>", " ")
                .replaceAll("\\s+", " ")
                .strip();
        return said.isEmpty() ? "" : "; it printed: " + said;
    }
}
