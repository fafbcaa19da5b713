// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two rsyncs are told. */
class RsyncWordsTest {
    private static final HostPath SOURCE = HostPath.of("/srv/aegir/sites/x/-e sh; files");
    private final RsyncWords words = new RsyncWords(new CopyTree.Limits(0, 300));

    @Test
    void theSourceReadsOurPathWhateverTheTargetSaid() {
        assertThat(words.source("--server --sender -ltpre.LsfxCIvu --timeout=300 . source/", SOURCE)
                        .map(Command::words))
                .contains(List.of(
                        "rsync", "--server", "--sender", "-ltpre.LsfxCIvu", "--timeout=300", ".", SOURCE + "/"));
    }

    /** Abuse case 22, from the other side: a target that is not what it seems gets nothing of the source. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--server --sender",
                "--server -ltpre.LsfxCIvu . source/",
                "--server --sender -ltpre.LsfxCIvu . /etc/",
                "--server --sender -ltpre.LsfxCIvu . source/ /etc/shadow",
                "--server --sender -ltpre.LsfxCIvu --remove-source-files . source/",
                "--server --sender -ltpre.LsfxCIvu --log-file=/srv/x . source/",
                "--server --sender -ltpre.LsfxCIvu --files-from=/etc/shadow . source/",
                "--server --sender -e sh . source/",
                "--server --sender -ltpre.LsfxCIvu;sh . source/",
                "--server --sender -ltpre.LsfxCIvu --timeout=1 . source/",
                "--server --daemon -ltpre.LsfxCIvu . source/",
                "--server  --sender -ltpre.LsfxCIvu . source/",
            })
    void whatIsNotExpectedIsNotRun(String line) {
        assertThat(words.source(line, SOURCE)).isEmpty();
    }

    @Test
    void namesAreNoOptionsAndNoHosts() {
        List<String> target = words.target(SOURCE).words();
        // The path is an argument of a fixed script, not a word of rsync.
        assertThat(target.subList(0, 2)).containsExactly("sh", "-c");
        assertThat(target.get(2))
                .isEqualTo(words.target(HostPath.of("/other")).words().get(2));
        assertThat(target.get(4)).isEqualTo(SOURCE.value());
        assertThat(target).doesNotContain("--copy-links", "--keep-dirlinks", "--copy-unsafe-links", "--archive");
    }

    /** G9: no path comes from an empty property, and never is one tree within the other. */
    @Test
    void g9_whatWouldDeleteTooMuchIsRefused() {
        refused(tree("web1", "/"), tree("web2", "/srv/b"));
        refused(tree("web1", "/srv/a"), tree("web2", "/"));
        refused(tree("web1", "/srv/a"), tree("web1", "/srv/a"));
        refused(tree("web1", "/srv/a"), tree("web1", "/srv/a/b"));
        refused(tree("web1", "/srv/a/b"), tree("web1", "/srv/a"));
        // Abuse case 20: the beginning of a name is not the directory above.
        assertThat(copy(tree("web1", "/srv/a"), tree("web1", "/srv/ab"))).isNotEmpty();
        assertThat(copy(tree("web1", "/srv/a"), tree("web2", "/srv/a"))).isNotEmpty();
        assertThatThrownBy(() -> tree("web1", "/srv/a", "../b")).isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> tree("web1", "")).isInstanceOf(InvalidValueException.class);
        refused(tree("web1", "/srv/a", "x"), tree("web2", "/srv/a", "y"));
    }

    private static void refused(Tree from, Tree to) {
        assertThatThrownBy(() -> copy(from, to))
                .isInstanceOfAny(RefusedException.class, InvalidValueException.class)
                .hasMessageMatching("(?s).*(/|paths).*");
    }

    private static List<Step> copy(Tree from, Tree to) {
        return new RsyncEngine().copy(request(from), request(to));
    }

    private static EngineRequest<Tree> request(Tree tree) {
        Server server = Server.at(tree.server().value(), "local:");
        return new EngineRequest<>(tree, server, Service.of(ServiceKind.FILE, "rsync"));
    }

    private static Tree tree(String server, String directory, String... paths) {
        return new Tree(
                Id.of("01JF1KES000000000000000001"),
                "docs.example.net",
                Name.of(server),
                HostPath.of(directory),
                paths.length == 0 ? List.of("") : List.of(paths),
                Optional.empty());
    }
}
