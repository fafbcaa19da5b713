// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup.restic;

import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Consistency;
import dev.aegir.model.Backup.Contents;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Part;
import dev.aegir.model.Backup.Reason;
import dev.aegir.model.Backup.Verified;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.ServiceRef;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What every engine must keep, of what the contract knows: preparing, ensuring (which for a backup is looking whether it is
 * whole) and removing.
 */
class ResticContractTest extends EngineContract<Backup> {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final Id NEIGHBOUR = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");
    private static final Instant AT = Instant.parse("2026-11-21T09:00:00Z");
    private static final String REPOSITORY = "/srv/aegir/restic";

    /** Restic's options come first; those of the script follow. */
    private static final int ARGUMENTS = 4 + 14;

    @Override
    protected Engine<Backup> engine() {
        return new ResticEngine();
    }

    @Override
    protected Service service() {
        return Service.of(ServiceKind.BACKUP, "restic").with("password", "restic/password");
    }

    @Override
    protected Backup sample() {
        return backup("01JAAAAAAAAAAAAAAAAAAAAAA1", OWNER, "docs.example.net", "5".repeat(64));
    }

    @Override
    protected Backup changed() {
        return backup("01JAAAAAAAAAAAAAAAAAAAAAA1", OWNER, "docs.example.net", "5".repeat(64))
                .verified(new Verified(Level.FULL, AT));
    }

    @Override
    protected Backup neighbour() {
        return backup("01JAAAAAAAAAAAAAAAAAAAAAA2", NEIGHBOUR, "neighbour.example.net", "6".repeat(64));
    }

    private static Backup backup(String id, Id owner, String title, String snapshot) {
        return new Backup(
                Id.of(id),
                owner,
                title,
                ServiceRef.of("web1/backup"),
                Reason.MANUAL,
                Consistency.LIVE,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Contents(
                        AT,
                        List.of(new Part("files", snapshot, 12, snapshot)),
                        Map.of("files.entries", "1", "files.bytes", "12"))),
                Optional.empty());
    }

    @Override
    protected Map<String, Backup> refused() {
        Backup backup = sample();
        return Map.of(
                "a backup that was never complete",
                new Backup(
                        backup.id(),
                        backup.owner(),
                        backup.title(),
                        backup.service(),
                        backup.reason(),
                        backup.consistency(),
                        backup.site(),
                        backup.base(),
                        Optional.empty(),
                        Optional.empty()),
                "a snapshot that is an option of restic's",
                backup.complete(new Contents(AT, List.of(new Part("files", "--repo", 12, "--repo")), Map.of())));
    }

    @Override
    protected boolean ensuresByLooking() {
        return true;
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(HostPath.of(REPOSITORY));
    }

    @Override
    protected void given(FakeHost host, Backup backup) {
        host.program(ResticContractTest::answer, "sh", "-c");
    }

    /** The scripts are known by their first line. */
    private static Answer answer(Call call) {
        List<String> words = call.command().words();
        List<String> arguments = words.subList(Math.min(ARGUMENTS, words.size()), words.size());
        String script = words.get(2).lines().findFirst().orElse("");
        return switch (script) {
            case "# restic: prepare" -> prepare(call.host(), arguments);
            case "# restic: check" -> Answer.ok(found(call.host(), arguments.get(0)));
            // Nobody takes one here, so there is none that could be left.
            case "# restic: find" -> Answer.ok("[]\n");
            default -> Answer.failed(1, "unknown: " + script);
        };
    }

    private static Answer prepare(FakeHost host, List<String> arguments) {
        String state = host.fact(REPOSITORY);
        switch (arguments.get(0)) {
            case "make" -> host.fact(REPOSITORY, "made");
            case "mark" -> host.fact(REPOSITORY, "marked");
            case "undo" -> host.fact(REPOSITORY, "");
            default -> {
                return switch (state) {
                    case "" -> Answer.ok("+\n");
                    case "made" -> Answer.ok("[]\n[]\n");
                    default -> Answer.ok("[" + snapshot("7".repeat(64), arguments.get(1)) + "]\n");
                };
            }
        }
        return Answer.ok();
    }

    private static String found(FakeHost host, String snapshot) {
        Backup backup = new ResticContractTest().either(snapshot.startsWith("5"));
        String tags = Tags.joined(List.of(tag(host), "aegir-owner-" + backup.owner(), "aegir-backup-" + backup.id()));
        return "[" + snapshot(snapshot, tags) + "]\n";
    }

    private Backup either(boolean sample) {
        return sample ? sample() : neighbour();
    }

    /** The tag of the server, which preparing has told. */
    private static String tag(FakeHost host) {
        return host.executions().stream()
                .flatMap(each -> each.command().words().stream())
                .filter(word -> word.startsWith("aegir-repository,"))
                .map(word -> word.split(",", -1)[1])
                .findFirst()
                .orElse("");
    }

    private static String snapshot(String id, String tags) {
        return "{\"id\":\"" + id + "\",\"tags\":["
                + Stream.of(tags.split(",", -1)).map(tag -> "\"" + tag + "\"").collect(Collectors.joining(",")) + "]}";
    }
}
