// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.host.Command;
import dev.aegir.model.CodeSource;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Release;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The steps of the engines that build releases, which differ only in how the code is fetched. */
final class CodeSteps {
    static final Set<Class<? extends Step>> ALL =
            Set.of(BringRelease.class, WithdrawRelease.class, SweepRelease.class, PrepareAccount.class);

    private static final String INSTALL = """
            export DEBIAN_FRONTEND=noninteractive
            apt-get -q update
            apt-get -q -y --no-install-recommends install "$@"
            """;
    private static final String ALL_THERE = "for tool; do command -v \"$tool\" >/dev/null || exit 1; done";

    private CodeSteps() {}

    static List<Step> prepare(
            String engine, ServiceRequest request, Place place, List<String> tools, List<String> packages) {
        Name server = request.server().name();
        List<Step> steps = new ArrayList<>();
        if (request.settings().text("install").orElse("false").equals("true")) {
            RunCommand install = RunCommand.script(
                    engine + ": install what fetching needs on " + server,
                    server,
                    INSTALL,
                    packages.toArray(String[]::new));
            steps.add(new RunCommand(
                            install.name(),
                            server,
                            install.command().timeout(Duration.ofMinutes(place.timeoutMinutes())),
                            install.script(),
                            install.secret(),
                            install.unless(),
                            install.undo())
                    .unless(Command.of("sh", "-c", ALL_THERE, "aegir-code").with(tools.toArray(String[]::new))));
        }
        steps.add(new PrepareAccount(
                engine + ": account " + place.account() + " on " + server + " for service "
                        + request.service().name(),
                server,
                place,
                tools));
        return steps;
    }

    static List<Step> bring(String engine, EngineRequest<Release> request, Place place, Fetch fetch) {
        Release release = request.resource();
        ReleaseDirectory.home(release);
        String name = engine + ": bring " + release.title() + " to "
                + request.server().name();
        return List.of(new BringRelease(name, request.server().name(), release, place, fetch));
    }

    /** What the source says does not matter here: what was brought can be removed. */
    static List<Step> remove(String engine, EngineRequest<Release> request, Place place) {
        Release release = request.resource();
        ReleaseDirectory.home(release);
        Name server = request.server().name();
        return List.of(
                new WithdrawRelease(
                        engine + ": withdraw " + release.title() + " from " + server, server, release, place),
                new SweepRelease(engine + ": delete " + release.title() + " on " + server, server, release, place));
    }

    static String required(CodeSource source, String setting) {
        return source.settings()
                .text(setting)
                .orElseThrow(() -> new InvalidValueException(
                        "code source", source.engine().value(), "its setting " + setting + " is missing"));
    }

    /** A setting that nobody reads is a mistake, and maybe one that matters. */
    static void only(CodeSource source, Set<String> known) {
        for (String setting : source.settings().values().keySet()) {
            if (!known.contains(setting)) {
                throw new InvalidValueException(
                        "setting",
                        setting,
                        "a source of engine " + source.engine() + " has "
                                + String.join(", ", known.stream().sorted().toList()));
            }
        }
    }
}
