// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Tree;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.Answer;
import dev.aegir.testkit.Call;
import dev.aegir.testkit.EngineContract;
import dev.aegir.testkit.FakeHost;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What every engine must keep, on a host whose directories are facts. */
class RsyncContractTest extends EngineContract<Tree> {
    private static final Id OWNER = Id.of("01JF1KES000000000000000001");
    private static final Id OTHER = Id.of("01JF1KES000000000000000002");

    @Override
    protected Engine<Tree> engine() {
        return new RsyncEngine();
    }

    private static Tree tree(Id owner, String title, List<String> paths) {
        return new Tree(
                owner,
                title,
                Name.of("web1"),
                HostPath.of("/srv/aegir/sites/" + owner),
                paths,
                Optional.of(owner.account()));
    }

    @Override
    protected Tree sample() {
        return tree(OWNER, "docs.example.net", List.of("files", "config/sync"));
    }

    @Override
    protected Tree changed() {
        // The same directories for nobody else.
        return sample().at(sample().server(), sample().directory(), Optional.empty());
    }

    @Override
    protected Tree neighbour() {
        return tree(OTHER, "shop.example.net", List.of("files"));
    }

    @Override
    protected boolean removesForGood() {
        return true;
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(HostPath.of("/nowhere"));
    }

    @Override
    protected Map<String, Tree> refused() {
        return Map.of(
                "the whole server",
                new Tree(OWNER, "all", Name.of("web1"), HostPath.of("/"), List.of(""), Optional.empty()),
                "nothing",
                tree(OWNER, "docs.example.net", List.of()));
    }

    @Override
    protected void given(FakeHost host, Tree tree) {
        host.program(call -> directory(call).isEmpty() ? Answer.failed(1, "") : Answer.ok(), "test");
        host.program(
                call -> directory(call).isEmpty()
                        ? Answer.failed(1, "no such file")
                        : Answer.ok(directory(call) + "\n"),
                "stat");
        host.program(call -> set(call, call.command().words().get(3)), "mkdir");
        host.program(call -> set(call, call.command().words().get(1)), "chmod");
        host.program(call -> set(call, ""), "rm");
        host.program(call -> Answer.failed(1, "no such file"), "head");
        host.program(call -> Answer.ok("21 1 0:19 / / rw - overlay overlay rw\n"), "cat");
        host.program(call -> Answer.ok("rsync  version 3.2.7\n"), "rsync");
    }

    private static String directory(Call call) {
        List<String> words = call.command().words();
        String last = words.get(words.size() - 1);
        return last.equals("/srv/aegir/sites") ? "755" : call.host().fact("directory " + last);
    }

    private static Answer set(Call call, String mode) {
        List<String> words = call.command().words();
        words.subList(words.indexOf("--") + 1, words.size())
                .forEach(path -> call.host().fact("directory " + path, mode));
        return Answer.ok();
    }

    @Override
    protected void verify(FakeHost host, Tree tree) {
        assertThat(tree.paths())
                .allSatisfy(path -> assertThat(host.fact("directory " + CopyTree.at(tree, path)))
                        .isEqualTo(tree.account().isPresent() ? "755" : "700"));
    }
}
