// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.tool;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.Workbench;
import dev.aegir.model.HostPath;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where a program may be that does a part of the work for a site, and how it is started: as the site's account, with the site's own
 * interpreter, without what that account could have left for it. It is looked for before anything is changed, and nothing else takes
 * its place once it was chosen. Plain data; a component of steps.
 *
 * @param name what it is called
 * @param required whether nothing is done without it
 * @param code the release
 * @param places where it may be, the first that is there counts; in the release, or elsewhere on the server, where only root may
 *     have put it
 * @param asked the words that make it say its version
 * @param version a pattern for what it says of itself, with one group
 * @param options the words that each call of it begins with
 * @param environment the variables that it needs
 */
public record Tools(
        String name,
        boolean required,
        HostPath code,
        List<HostPath> places,
        List<String> asked,
        String version,
        List<String> options,
        Map<String, String> environment) {
    private static final String FIND = program();
    private static final Pattern SEEN = Pattern.compile("([0-9]{1,2}) ([ -~]{1,80})\n");
    private static final int MOST_SAID = 64 * 1024;
    private static final List<String> INTERPRETER = List.of(
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
            "max_execution_time=0",
            "-d",
            "memory_limit=768M");

    /** Copies. */
    public Tools {
        places = List.copyOf(places);
        asked = List.copyOf(asked);
        options = List.copyOf(options);
        environment = Collections.unmodifiableMap(new TreeMap<>(environment));
    }

    /**
     * A place that somebody has named.
     *
     * @param code the release
     * @param said a path on the server, or one in the release
     * @return the path
     */
    public static HostPath place(HostPath code, String said) {
        return said.startsWith("/") ? HostPath.of(said) : code.resolve(said);
    }

    /**
     * How the site's interpreter is started, for programs that run unattended.
     *
     * @param bench the site's workbench
     * @return the words
     */
    public static List<String> interpreter(Workbench bench) {
        List<String> words = new ArrayList<>(List.of(bench.interpreter().value()));
        words.addAll(INTERPRETER);
        return words;
    }

    /**
     * What would do the work now. Nothing is changed, and nothing fails: what is not there yet is not found.
     *
     * @param host the server
     * @param bench the site's workbench
     * @return what it is
     * @throws InterruptedException when the thread is interrupted
     */
    public Found look(Host host, Workbench bench) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("sh", "-c", FIND, "aegir-tool", code.value()));
        places.forEach(place -> words.add(place.value()));
        Matcher seen = SEEN.matcher(host.run(bench.command(words)).stdout());
        int at = seen.matches() ? Integer.parseInt(seen.group(1)) : places.size();
        if (at >= places.size()) {
            return Found.runner("no " + name + " is there");
        }
        HostPath place = places.get(at);
        String kind = seen.group(2);
        if (!kind.equals("php") && !kind.equals("sh")) {
            return Found.runner(place + " is " + kind);
        }
        Tool unproven = new Tool(name, "", place, kind.equals("sh"));
        CommandResult result = host.run(command(bench, unproven, asked, Duration.ofMinutes(1)));
        Matcher said = Pattern.compile(version).matcher(result.stdout());
        return result.succeeded() && said.find()
                ? Found.of(new Tool(name, said.group(1), place, unproven.shell()))
                : Found.runner(place + " does not work, it ended with " + result.exit() + printed(result));
    }

    /**
     * What does the work in a step, decided once: after a crash it is the same.
     *
     * @param context the step's context
     * @param bench the site's workbench
     * @return what it is
     * @throws InterruptedException when the thread is interrupted
     */
    public Found decide(StepContext context, Workbench bench) throws InterruptedException {
        String fact = context.key() + ".tool";
        Optional<Found> decided = context.recall(fact, Found.class);
        if (decided.isPresent()) {
            return decided.get();
        }
        Found found = look(context.host(bench.server()), bench);
        context.remember(fact, found);
        return found;
    }

    /**
     * Has the program do something, once, however often the step is run again.
     *
     * @param context the step's context
     * @param bench the site's workbench
     * @param tool the program
     * @param words what it shall do; no secrets
     * @param timeout how long that may take
     * @return how it ended, which proves nothing
     * @throws InterruptedException when the thread is interrupted
     */
    public CommandResult run(StepContext context, Workbench bench, Tool tool, List<String> words, Duration timeout)
            throws InterruptedException {
        context.log("by " + tool + ": " + String.join(" ", words));
        return context.host(bench.server()).runOnce(context.key(), command(bench, tool, words, timeout), Input.none());
    }

    /**
     * What it printed, for people: of what went wrong the end counts.
     *
     * @param result how it ended
     * @return the text, or nothing
     */
    public static String printed(CommandResult result) {
        String all = (result.stdout() + "\n" + result.stderr())
                .replaceAll("\\s+", " ")
                .strip();
        int most = 1000;
        String end = all.length() > most ? "..." + all.substring(all.length() - most) : all;
        return end.isEmpty() ? "" : "; it printed: " + end;
    }

    Command command(Workbench bench, Tool tool, List<String> words, Duration timeout) {
        List<String> all = new ArrayList<>(tool.shell() ? List.of("sh") : interpreter(bench));
        all.add(tool.path().value());
        all.addAll(options);
        all.addAll(words);
        Command command = bench.command(all).timeout(timeout).keeping(MOST_SAID);
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            command = command.environment(variable.getKey(), variable.getValue());
        }
        return command;
    }

    private static String program() {
        try (InputStream in = Tools.class.getResourceAsStream("find.sh")) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no find.sh");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.stripLeading().startsWith("#"))
                    .collect(Collectors.joining("\n", "# find a program\n", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
