// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.CodeRequest;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Looks at what a codebase has in it and saves that in the inventory, in one round trip. As the account {@code nobody}; none
 * of the code is run.
 *
 * @param name the step's name
 * @param server the server's name
 * @param codebase the codebase's id
 * @param title the codebase's name
 * @param top the top of its files
 * @param web the directory that is served, relative to the top; empty for the top itself
 * @param kind what the code is
 */
public record ScanCode(String name, Name server, Id codebase, Name title, HostPath top, String web, Kind kind)
        implements Step {
    private static final int MOST = 64 * 1024 * 1024;

    /** What the code is. */
    public enum Kind {
        /** Drupal 7 and later. */
        DRUPAL,
        /** WordPress. */
        WORDPRESS,
        /** Whatever composer has installed. */
        COMPOSER
    }

    /** Makes it. */
    public ScanCode {}

    /**
     * For a codebase.
     *
     * @param request the codebase and where it lies
     * @param kind what the code is
     * @return the step
     */
    public static ScanCode of(CodeRequest request, Kind kind) {
        Name server = request.server().name();
        return new ScanCode(
                request.codebase().application() + ": scan codebase "
                        + request.codebase().name() + " on " + server,
                server,
                request.codebase().id(),
                request.codebase().name(),
                request.release().path(),
                request.codebase().webRoot(),
                kind);
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(Change.Kind.RUN, server.value(), "scan " + top, ""));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        CommandResult result = context.host(server).run(command());
        if (!result.succeeded()) {
            throw new RefusedException(server + ": the codebase " + title + " at " + top
                    + " cannot be looked at as the account nobody: "
                    + result.stderr().strip()
                    + ". Verify the codebase, and let everybody read its files.");
        }
        if (result.truncated()) {
            throw new RefusedException(server + ": what the codebase " + title + " at " + top
                    + " says of its packages is more than " + MOST + " bytes.");
        }
        Packages packages = read(result.stdout(), context.now());
        if (context.recall(fact(), Before.class).isEmpty()) {
            context.remember(fact(), new Before(context.inventory().packages(title)));
        }
        context.inventory().save(packages);
        packages.drift().forEach(each -> context.log("not as it is locked: " + each));
        Map<String, String> results = new TreeMap<>();
        results.put("packages", Integer.toString(packages.entries().size()));
        results.put("drift", Integer.toString(packages.drift().size()));
        packages.entries().stream()
                .filter(entry -> entry.type().equals("core"))
                .findFirst()
                .ifPresent(core -> results.put("core", core.version()));
        context.results(results);
    }

    @Override
    public void undo(StepContext context) {
        Optional<Before> before = context.recall(fact(), Before.class);
        if (before.isPresent()) {
            before.get()
                    .packages()
                    .ifPresentOrElse(
                            context.inventory()::save, () -> context.inventory().removePackages(codebase));
        }
    }

    /** What was known before; a fact. */
    record Before(Optional<Packages> packages) {}

    private String fact() {
        return "codebase." + codebase + ".packages";
    }

    Command command() {
        return command(top.value(), web, kind).as("nobody");
    }

    static Command command(String top, String web, Kind kind) {
        Command command = Command.of("sh", "-c", PROGRAM, "aegir-scan")
                .environment("top", top)
                .environment("web", web)
                .environment("kind", kind.name().toLowerCase(java.util.Locale.ROOT))
                .timeout(Duration.ofMinutes(5));
        return new Command(
                command.words(), command.user(), command.directory(), command.environment(), command.timeout(), MOST);
    }

    Packages read(String said, Instant at) {
        Found found = Found.read(said);
        String below = web.isEmpty() ? "" : web + "/";
        ComposerScan composer = new ComposerScan(found);
        List<Packages.Entry> entries = new ArrayList<>();
        switch (kind) {
            case DRUPAL -> entries.addAll(new DrupalScan(found, composer, below).entries());
            case WORDPRESS -> entries.addAll(new WordPressScan(found, below).entries());
            case COMPOSER -> {}
        }
        entries.addAll(composer.entries());
        return new Packages(codebase, at, entries, composer.drift());
    }

    private static final String PROGRAM = program();

    /** Without its comments, which would only travel. */
    private static String program() {
        try (InputStream in = ScanCode.class.getResourceAsStream("scan.sh")) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no scan.sh");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.stripLeading().startsWith("#"))
                    .collect(Collectors.joining("\n", "# scan a codebase\n", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
