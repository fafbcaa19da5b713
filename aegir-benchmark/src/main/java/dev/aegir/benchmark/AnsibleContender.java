// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import dev.aegir.host.FileChange;
import dev.aegir.lab.LabServer;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.model.Site;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Ansible: one run of a playbook, over a connection that its runs share. What it reads is written before the clock runs. */
final class AnsibleContender implements Contender {
    private static final Path PLAYBOOKS = Path.of("aegir-benchmark", "src", "main", "ansible");
    private static final String LOOPS = "loops.yml";
    private static final Pattern CHANGED = Pattern.compile("web +: ok=\\d+ +changed=(\\d+) +unreachable=0 +failed=0 ");

    private final String playbook;
    private final Server server;
    private final Function<Case, Duration> limit;
    private final Path work = Files.createTempDirectory("aegir-benchmark");

    /**
     * Prepares it.
     *
     * @param playbook which playbook
     * @param server the server
     * @param line how it is reached, and what it shows and wants to see there
     * @param limit how long a run may take; it is stopped then
     */
    private AnsibleContender(String playbook, Server server, Line line, Function<Case, Duration> limit)
            throws IOException {
        this.playbook = playbook;
        this.server = server;
        this.limit = limit;
        Path known = Files.writeString(
                work.resolve("known_hosts"),
                "[127.0.0.1]:" + line.port() + " " + line.hostKey().strip() + "\n");
        Files.writeString(
                work.resolve("inventory"),
                "web ansible_host=127.0.0.1 ansible_port=" + line.port()
                        + " ansible_user=root ansible_python_interpreter=/usr/bin/python3 ansible_ssh_private_key_file="
                        + line.privateKey() + " ansible_ssh_common_args='-o UserKnownHostsFile=" + known
                        + " -o HostKeyAlgorithms=ssh-ed25519'\n");
    }

    /**
     * A way to the server.
     *
     * @param port the port on this machine
     * @param hostKey the line of the server's public key
     * @param privateKey the file of the private key it lets in
     */
    record Line(int port, String hostKey, Path privateKey) {}

    static AnsibleContender archive(Server server, Line line, Function<Case, Duration> limit) throws IOException {
        return new AnsibleContender("archive.yml", server, line, limit);
    }

    static AnsibleContender loops(Server server, Line line, Function<Case, Duration> limit) throws IOException {
        return new AnsibleContender(LOOPS, server, line, limit);
    }

    @Override
    public Measured converge(Fleet fleet, Case which) throws IOException, InterruptedException {
        Path archive = Files.write(work.resolve("sites.tar"), Bundle.tar(Publication.files(server, fleet)));
        Path variables = Files.writeString(work.resolve("variables.json"), variables(fleet, archive));
        Path said = work.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(
                        "ansible-playbook",
                        "-i",
                        work.resolve("inventory").toString(),
                        "-e",
                        "@" + variables,
                        PLAYBOOKS.resolve(playbook).toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile());
        builder.environment()
                .putAll(Map.of(
                        "ANSIBLE_CONFIG", PLAYBOOKS.resolve("ansible.cfg").toString(),
                        "ANSIBLE_HOME", work.resolve("home").toString(),
                        "ANSIBLE_SSH_CONTROL_PATH_DIR", work.resolve("cp").toString(),
                        "LC_ALL", "C.UTF-8"));
        long begun = System.nanoTime();
        Process process = builder.start();
        long patience = limit.apply(which).toMillis();
        if (!process.waitFor(patience, TimeUnit.MILLISECONDS)) {
            stop(process);
            return Measured.stopped((double) patience);
        }
        Measured measured = Measured.since(begun, OptionalLong.empty());
        check(which, process.exitValue(), Files.readString(said));
        return measured;
    }

    @Override
    public void settle(LabServer machine, Fleet fleet) throws IOException, InterruptedException {
        boolean loops = playbook.equals(LOOPS);
        byte[] tar = Bundle.tar(loops ? templates(fleet) : Publication.files(server, fleet));
        machine.execWithInput(
                        new String(tar, StandardCharsets.US_ASCII), "sh", "-ec", """
                        sleep 1 # what was stopped may still be at work on the server
                        tar -xf - -C /
                        if [ "$1" = true ]; then
                            cd /etc/nginx/sites-available
                            for file in site*.conf; do ln -sfn "../sites-available/$file" "../sites-enabled/$file"; done
                        fi
                        nginx -t -q
                        systemctl reload nginx
                        sleep 0.3 # a reload does not say when it is through
                        """, "aegir", String.valueOf(loops))
                .orThrow();
    }

    /** The files that the playbook of loops writes. */
    private static List<FileChange.Write> templates(Fleet fleet) throws IOException {
        String template = Files.readString(PLAYBOOKS.resolve("templates").resolve("site.conf.j2"));
        List<FileChange.Write> files = new ArrayList<>();
        for (Site site : fleet.sites()) {
            String content = template.replace("{{ item.name }}", site.name().value())
                    .replace("{{ item.names | join(' ') }}", String.join(" ", names(site)))
                    .replace("{{ root }}", Fleet.page().parent().value());
            files.add(new FileChange.Write(
                    HostPath.of("/etc/nginx/sites-available/" + site.name() + ".conf"),
                    content,
                    "0644",
                    "root:root",
                    Optional.empty()));
        }
        return files;
    }

    private void check(Case which, int exit, String said) {
        Matcher recap = CHANGED.matcher(said);
        if (exit != 0 || !recap.find() || recap.group(1).equals("0") != (which == Case.UNCHANGED)) {
            throw new IllegalStateException(
                    playbook + ", " + which + ": ended with " + exit + " and did something else:\n" + said);
        }
    }

    private static void stop(Process process) throws InterruptedException {
        List<ProcessHandle> all;
        try (Stream<ProcessHandle> children = process.descendants()) {
            all = new ArrayList<>(children.toList());
        }
        process.destroyForcibly().waitFor();
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private static String variables(Fleet fleet, Path archive) {
        String sites = fleet.sites().stream().map(AnsibleContender::variables).collect(Collectors.joining(",\n"));
        return "{\"archive\": \"" + archive + "\", \"root\": \"" + Fleet.page().parent() + "\", \"sites\": [\n" + sites
                + "]}\n";
    }

    private static String variables(Site site) {
        return "{\"name\": \"" + site.name() + "\", \"names\": [\"" + String.join("\", \"", names(site)) + "\"]}";
    }

    private static List<String> names(Site site) {
        return Stream.concat(Stream.of(site.name()), site.aliases().stream())
                .map(DomainName::value)
                .toList();
    }

    @Override
    public void close() {
        // The connection it keeps ends with the line it goes over.
        Temporary.delete(work);
    }
}
