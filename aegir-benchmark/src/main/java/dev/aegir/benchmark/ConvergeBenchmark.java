// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.benchmark.Results.Who;
import dev.aegir.host.Secret;
import dev.aegir.lab.Lab;
import dev.aegir.lab.LabServer;
import dev.aegir.lab.SlowLink;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Function;

/**
 * How long it takes to make a server's sites as they should be, over SSH and at several distances: when none is there, when all
 * are right, when one is different. Aegir, the least that can be done, and Ansible take turns on one server and over one line.
 */
public final class ConvergeBenchmark {
    private static final int WARM_UP = 8;

    /** A playbook that has taken so many times as long as Aegir is stopped: how much slower it is does not matter any more. */
    private static final double PROVED = 120;

    /** But not before this: shorter times are over soon. */
    private static final Duration AT_LEAST = Duration.ofSeconds(20);

    /** Whoever takes longer for one round of the three cases is measured once. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ConvergeOptions options;
    private final Lab lab;
    private final LabServer machine;
    private final KeySecrets secrets;
    private final Results results = new Results();
    private int round;

    private ConvergeBenchmark(ConvergeOptions options, Lab lab) throws IOException {
        this.options = options;
        this.lab = lab;
        this.machine = lab.server("bench");
        this.secrets = new KeySecrets(Secret.of(Files.readString(lab.privateKey())));
    }

    /**
     * Measures.
     *
     * @param arguments the options; a wrong one says which there are
     * @throws Exception when something fails
     */
    public static void main(String[] arguments) throws Exception {
        try {
            ConvergeOptions options = ConvergeOptions.parse(arguments);
            try (Lab lab = Lab.open()) {
                new ConvergeBenchmark(options, lab).everything();
            }
        } catch (WrongOptionException e) {
            e.end();
        }
    }

    private void everything() throws Exception {
        say("Warming up");
        at(Duration.ZERO, 10, new Results(), WARM_UP);
        for (int sites : options.sizes()) {
            for (Duration distance : options.distances()) {
                at(distance, sites, results, options.runs());
                Files.createDirectories(options.output().toAbsolutePath().getParent());
                Files.writeString(options.output(), results.markdown());
            }
        }
        System.out.println();
        System.out.println(results.markdown());
        say("Written to " + options.output());
    }

    private void at(Duration distance, int sites, Results into, int runs) throws Exception {
        machine.reset();
        machine.execWithInput(
                        "<!doctype html><p>It works.</p>\n",
                        "install",
                        "-D",
                        "-m",
                        "0644",
                        "/dev/stdin",
                        Fleet.page().value())
                .orThrow();
        try (SlowLink line = lab.relay(machine.sshPort(), distance)) {
            Server server = Server.at("web", line.address())
                    .hostKey(machine.hostKey())
                    .credential(KeySecrets.NAME)
                    .offering(Service.http("nginx"));
            Map<Who, Contender> contenders = new EnumMap<>(Who.class);
            try {
                contenders.put(Who.CHANGE, new ChangeContender(server, secrets));
                contenders.put(Who.FLOOR, new FloorContender(server, secrets));
                contenders.put(Who.TASK, new TaskContender(server, secrets));
                Fleet fleet = Fleet.of(sites);
                // The first run of each has things to open and to remember.
                for (int run = 0; run <= runs; run++) {
                    for (Map.Entry<Who, Contender> each : contenders.entrySet()) {
                        Results where = run == 0 ? new Results() : into;
                        round(distance, fleet, each.getKey(), each.getValue(), where);
                    }
                }
                if (options.ansible() && into == results) {
                    ansible(distance, fleet, server, line);
                }
            } finally {
                contenders.values().forEach(Contender::close);
            }
        }
    }

    private void ansible(Duration distance, Fleet fleet, Server server, SlowLink link) throws Exception {
        AnsibleContender.Line line = new AnsibleContender.Line(
                link.port(), machine.file("/etc/ssh/ssh_host_ed25519_key.pub"), lab.privateKey());
        Function<Case, Duration> limit = which -> limit(fleet, distance, which);
        try (Contender archive = AnsibleContender.archive(server, line, limit);
                Contender loops = AnsibleContender.loops(server, line, limit)) {
            round(distance, fleet, Who.BULK, archive, new Results()); // opens the connection that both keep
            for (int run = 0; run < options.ansibleRuns(); run++) {
                round(distance, fleet, Who.BULK, archive, results);
            }
            boolean patient = true;
            for (int run = 0; run < options.ansibleRuns() && patient; run++) {
                long begun = System.nanoTime();
                round(distance, fleet, Who.LOOPS, loops, results);
                patient = System.nanoTime() - begun < PATIENCE.toNanos();
            }
        }
    }

    private Duration limit(Fleet fleet, Duration distance, Case which) {
        double aegir = results.median(fleet.size(), distance, which, Who.CHANGE);
        return Duration.ofMillis(Math.max(AT_LEAST.toMillis(), Math.round(PROVED * aegir)));
    }

    private void round(Duration distance, Fleet fleet, Who who, Contender contender, Results into) throws Exception {
        withdraw();
        round++;
        StringBuilder line = new StringBuilder();
        Fleet wanted = fleet;
        for (Case which : Case.values()) {
            if (which == Case.ONE_CHANGED) {
                wanted = fleet.changed(round);
            }
            Measured measured = contender.converge(wanted, which);
            into.add(fleet.size(), distance, which, who, measured);
            line.append("  ").append(Results.time(measured));
            if (!measured.finished()) {
                contender.settle(machine, wanted);
            }
            proveServed(which == Case.ONE_CHANGED ? "round" + round : "site" + (fleet.size() - 1));
        }
        say(fleet.size() + " sites at " + distance.toMillis() + " ms, " + who + ":" + line);
    }

    /** No site is there any more. */
    private void withdraw() {
        // A reload says nothing when it is through: the workers that served the old sites need a moment to go.
        machine.exec(
                        "sh",
                        "-c",
                        "rm -f /etc/nginx/aegir/sites/*.conf /etc/nginx/sites-*/site*.conf && systemctl reload nginx && sleep 0.3")
                .orThrow();
    }

    /** The site is there; the floor does not wait until it is. */
    private void proveServed(String label) {
        machine.exec("sh", "-c", """
                        i=0
                        while [ $((i += 1)) -le 50 ]; do
                            curl -s -H "Host: $1.example.net" http://127.0.0.1/ | grep -q 'It works' && exit 0
                            sleep 0.1 # nobody says when a reload is through
                        done
                        echo "$1.example.net is not served" >&2
                        exit 1
                        """, "aegir", label).orThrow();
    }

    private static void say(String text) {
        System.out.println(text);
    }
}
