// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.model.AegirException;
import dev.aegir.model.Server;
import dev.aegir.model.ServerFacts;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks at what a server has, in one round trip, and remembers it. Changes nothing. */
public record DiscoverServer(Server server) implements Step {
    /** The fact that holds what was seen. */
    static final String FACTS = "server.facts";

    private static final String SCRIPT = script();
    private static final int MAX_VALUE = 200;

    /** Makes it. */
    public DiscoverServer {}

    private static String script() {
        try (InputStream in = DiscoverServer.class.getResourceAsStream("discover.sh")) {
            if (in == null) {
                throw new IllegalStateException("discover.sh is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String name() {
        return "look at " + server.name();
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        CommandResult result;
        try {
            result = context.host(server)
                    .run(Command.of("sh", "-s"), Input.text(SCRIPT))
                    .orThrow();
        } catch (AegirException e) {
            context.log("could not look at " + server.name() + ": " + e.getMessage());
            throw e;
        }
        ServerFacts facts = read(result.stdout(), context.now());
        context.remember(FACTS, facts);
        Map<String, String> results = new TreeMap<>();
        facts.values().forEach((fact, value) -> {
            context.log(fact + " = " + value);
            results.put(server.name() + "." + fact, value);
        });
        context.results(results);
        clockSkew(facts, context.now()).ifPresent(context::log);
    }

    private ServerFacts read(String output, Instant now) {
        Map<String, String> values = new TreeMap<>();
        for (String line : output.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.substring(0, equals).matches("[a-z][a-z0-9.-]{0,60}")) {
                String value =
                        line.substring(equals + 1).replaceAll("\\p{Cntrl}", " ").strip();
                if (!value.isEmpty()) {
                    values.put(
                            line.substring(0, equals),
                            value.length() > MAX_VALUE ? value.substring(0, MAX_VALUE) : value);
                }
            }
        }
        return new ServerFacts(server.id(), now, values);
    }

    private java.util.Optional<String> clockSkew(ServerFacts facts, Instant now) {
        String clock = facts.values().getOrDefault("clock", "");
        if (!clock.matches("[0-9]{1,12}")) {
            return java.util.Optional.empty();
        }
        Duration skew = Duration.between(now, Instant.ofEpochSecond(Long.parseLong(clock)))
                .abs();
        return skew.toSeconds() > 30
                ? java.util.Optional.of("WARNING: the clock of " + server.name() + " differs from ours by "
                        + skew.toSeconds() + " s; certificates and logs depend on it")
                : java.util.Optional.empty();
    }
}
