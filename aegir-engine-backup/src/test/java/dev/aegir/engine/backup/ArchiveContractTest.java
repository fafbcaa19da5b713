// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.Backup;
import dev.aegir.model.Backup.Consistency;
import dev.aegir.model.Backup.Contents;
import dev.aegir.model.Backup.Level;
import dev.aegir.model.Backup.Part;
import dev.aegir.model.Backup.Reason;
import dev.aegir.model.Backup.Verified;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
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

/**
 * What every engine must keep, of what the contract knows: preparing, ensuring (which for a backup is looking whether it is
 * whole) and removing. Taking and restoring are tested with real programs.
 */
class ArchiveContractTest extends EngineContract<Backup> {
    private static final Id OWNER = Id.of("01JZZZZZZZZZZZZZZZZZZZZZZZ");
    private static final Id NEIGHBOUR = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");
    private static final Instant AT = Instant.parse("2026-11-21T09:00:00Z");
    private static final String SUM = "9".repeat(64);
    private static final String DIRECTORY = "/srv/aegir/backups";

    @Override
    protected Engine<Backup> engine() {
        return new ArchiveEngine();
    }

    @Override
    protected Backup sample() {
        return backup("01JAAAAAAAAAAAAAAAAAAAAAA1", OWNER, "docs.example.net", Consistency.FROZEN);
    }

    @Override
    protected Backup changed() {
        return backup("01JAAAAAAAAAAAAAAAAAAAAAA1", OWNER, "docs.example.net", Consistency.LIVE)
                .verified(new Verified(Level.FULL, AT));
    }

    @Override
    protected Backup neighbour() {
        return backup("01JAAAAAAAAAAAAAAAAAAAAAA2", NEIGHBOUR, "neighbour.example.net", Consistency.LIVE);
    }

    private static Backup backup(String id, Id owner, String title, Consistency consistency) {
        return new Backup(
                Id.of(id),
                owner,
                title,
                ServiceRef.of("web1/backup"),
                Reason.MANUAL,
                consistency,
                Optional.empty(),
                Optional.empty(),
                Optional.of(new Contents(
                        AT, List.of(new Part("files", "files.tar.zst", 12, SUM)), Map.of("files.entries", "1"))),
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
                "a part that lies elsewhere",
                backup.complete(new Contents(AT, List.of(new Part("files", "../x", 12, SUM)), Map.of())));
    }

    @Override
    protected boolean ensuresByLooking() {
        return true;
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(HostPath.of(DIRECTORY));
    }

    @Override
    protected void given(FakeHost host, Backup backup) {
        host.program(this::answer, "sh", "-c");
    }

    /** The scripts are known by their first line. */
    Answer answer(Call call) {
        List<String> words = call.command().words();
        String script = words.get(2).lines().findFirst().orElse("");
        return switch (script) {
            case "# backup: prepare" -> prepare(call.host(), words.get(4));
            case "# backup: prove" -> Answer.ok(prove(words.subList(6, words.size())));
            case "# backup: remove", "# backup: there" -> Answer.ok();
            default -> Answer.failed(1, "unknown: " + script);
        };
    }

    private static Answer prepare(FakeHost host, String verb) {
        boolean there = !host.fact(DIRECTORY).isEmpty();
        switch (verb) {
            case "make" -> host.fact(DIRECTORY, "0700");
            case "undo" -> host.fact(DIRECTORY, "");
            default -> {
                return Answer.ok(there ? "" : "+ " + DIRECTORY + "\n");
            }
        }
        return Answer.ok();
    }

    private static String prove(List<String> files) {
        StringBuilder out = new StringBuilder();
        files.forEach(file -> out.append(SUM).append(" 12 ").append(file).append('\n'));
        return out.toString();
    }
}
