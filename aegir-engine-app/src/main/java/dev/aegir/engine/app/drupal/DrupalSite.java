// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.engine.app.drupal.DrupalException.Problem;
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
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Site;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.StepContext;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A site's Drupal, as steps ask it: by a program of ours that loads it, as the site's account, and answers between marks that
 * only this call knows. What the site's code prints is no answer, and an answer is nothing but data about this site.
 *
 * @param name the site's name
 * @param id the site's id
 * @param url how it is reached, without a path
 * @param workbench where its code runs
 * @param root the directory that is served
 * @param secrets what its code knows and no message may show
 */
record DrupalSite(DomainName name, Id id, String url, Workbench workbench, HostPath root, List<SecretRef> secrets) {
    private static final String RUNNER = Resource.php("runner.php");
    static final String SANITISE = Resource.php("/dev/aegir/engine/app/addresses.php")
            + Resource.php("/dev/aegir/engine/app/policy.php")
            + Resource.php("sanitise.php");
    private static final String ASKED =
            "$aegir(json_decode((string) stream_get_contents(STDIN), true, 8, JSON_THROW_ON_ERROR), fopen('php://fd/3', 'wb'));\n";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MOST_SAID = 2000;

    DrupalSite {
        secrets = List.copyOf(secrets);
    }

    static DrupalSite of(ApplicationRequest request) {
        List<SecretRef> secrets = new ArrayList<>(List.of(salt(request.site().id())));
        request.database().map(DatabaseAccess::password).ifPresent(secrets::add);
        return new DrupalSite(
                request.site().name(),
                request.site().id(),
                url(request.site()),
                request.workbench(),
                request.root(),
                secrets);
    }

    /** It never changes: links that were sent, and what is encrypted with it, depend on it. */
    static SecretRef salt(Id site) {
        return SecretRef.of("site/" + site + "/drupal/hash-salt");
    }

    static String url(Site site) {
        String scheme = site.settings().text("scheme").orElse("http");
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidValueException("scheme", scheme, "a site is reached by http or https");
        }
        return scheme + "://" + site.name();
    }

    private record Question(
            String root, String url, Id site, String verb, String mark, Map<String, String> arguments) {}

    private record Answer(Optional<String> problem, Optional<String> message, Optional<Map<String, String>> facts) {}

    /**
     * Asks, and waits for the answer; the arguments may be secret.
     *
     * @throws DrupalException when it cannot do it
     */
    Map<String, String> ask(StepContext context, String verb, Map<String, String> arguments)
            throws InterruptedException {
        String mark = mark();
        hide(context);
        Input question = Input.secret(Secret.of(question(verb, mark, arguments)));
        return read(context.host(workbench.server()).run(command(Duration.ofMinutes(2)), question), mark);
    }

    /** Asks for what takes its time and must not run twice at once: after a crash this waits for the run that was begun. */
    Map<String, String> askOnce(StepContext context, String verb, Map<String, String> arguments, Duration timeout)
            throws InterruptedException {
        String fact = context.key() + ".mark";
        Optional<String> begun = context.recall(fact, String.class);
        String mark = begun.orElseGet(DrupalSite::mark);
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
        return "by " + shown(said) + "\n";
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
        return StoredForm.write(new Question(root.value(), url, id, verb, mark, arguments));
    }

    private static String mark() {
        byte[] random = new byte[24];
        RANDOM.nextBytes(random);
        return HexFormat.of().formatHex(random);
    }

    /** Standard output is the answer's alone: what the site's code prints goes where complaints go. */
    Command command(Duration timeout) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", "exec \"$@\" 3>&1 1>&2", "aegir-drupal"));
        words.addAll(Tools.interpreter(workbench));
        words.addAll(List.of("-r", SANITISE + RUNNER + ASKED));
        return workbench.command(words).timeout(timeout);
    }

    /** The words that run cron, for whoever runs it regularly. */
    List<String> cron() {
        List<String> words = Tools.interpreter(workbench);
        words.add(cronFile(workbench.home()).value());
        return words;
    }

    static HostPath cronFile(HostPath home) {
        return home.child("bin").child("cron.php");
    }

    /** What programs that start PHP by its name are given: the site's own. */
    static HostPath interpreterFile(HostPath home) {
        return DrupalTools.interpreters(home).child("php");
    }

    String interpreterText() {
        return "#!/bin/sh\n# PHP of the site " + name + " (" + id + "), written by Aegir.\nexec "
                + String.join(" ", Tools.interpreter(workbench)) + " \"$@\"\n";
    }

    /** The program that runs cron. It is where no web server serves it. */
    String cronText() {
        return "<?php\n// Cron of the site " + name + " (" + id + "), written by Aegir.\n"
                + "if (PHP_SAPI !== 'cli') {\n    exit(1);\n}\n" + RUNNER + "$aegir(['root' => "
                + PhpLiteral.of(root.value()) + ", 'url' => " + PhpLiteral.of(url) + ", 'site' => "
                + PhpLiteral.of(id.value()) + ", 'verb' => 'cron', 'mark' => 'aegir', 'arguments' => []], STDOUT);\n";
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

    DrupalException wrong(Problem problem, String said) {
        return new DrupalException(workbench.server(), name, problem, shown(said));
    }

    private static String printed(CommandResult result) {
        String said = result.stderr().strip();
        return said.isEmpty() ? "" : "; it printed: " + said;
    }

    /** What code of somebody else said, as one line that cannot move a cursor, and not too much of it. */
    static String shown(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().limit(MOST_SAID).forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = type == Character.CONTROL || type == Character.FORMAT || type == Character.SURROGATE;
            out.appendCodePoint(hidden ? ' ' : c);
        });
        return out.toString().strip();
    }
}
