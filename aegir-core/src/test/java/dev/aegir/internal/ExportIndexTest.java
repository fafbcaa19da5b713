// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.internal.host.LocalBackend;
import dev.aegir.internal.tasks.IndexExport;
import dev.aegir.internal.tasks.MakeExportDirectory;
import dev.aegir.internal.tasks.RequireIndexed;
import dev.aegir.internal.tasks.SaveServer;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import dev.aegir.task.ExportBackups;
import dev.aegir.task.RunSteps;
import dev.aegir.task.Step;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is exported together has an index, on this machine. */
class ExportIndexTest {
    private static final Name HERE = Name.of("here");

    @TempDir
    Path temporary;

    private final Bench bench = new Bench(builder -> builder.backend(new LocalBackend()));

    @BeforeEach
    void aServerIsThere() throws InterruptedException {
        assertThat(ended(new SaveServer(Server.at("here", "local:"))).state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private TaskInfo ended(Step... steps) throws InterruptedException {
        return bench.run(RunSteps.of("steps", List.of(), steps));
    }

    private void refused(Step step, String why) throws InterruptedException {
        TaskInfo ended = ended(step);
        assertThat(ended.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(ended.cause().orElseThrow()).contains(why);
    }

    private static Backup of(String title, Optional<Site> site) {
        return new Backup(
                Id.next(),
                Id.next(),
                title,
                ServiceRef.of("web1/vault"),
                Backup.Reason.MANUAL,
                Backup.Consistency.FROZEN,
                site,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static String sum(Path file) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
    }

    @Test
    void whatIsExportedIsWhatItsIndexSays() throws Exception {
        Path directory = temporary.resolve("all");
        HostPath all = HostPath.of(directory.toString());
        MakeExportDirectory made = new MakeExportDirectory(HERE, all);
        assertThat(ended(made).state()).isEqualTo(TaskState.SUCCEEDED);
        refused(made, "there is a " + all + " already");
        assertThat(directory).isEmptyDirectory();

        Backup blog = of("blog.example.net", Optional.of(Site.of("blog.example.net", "wp")));
        Backup code = of("wp", Optional.empty());
        Path first = Files.writeString(directory.resolve(blog.id() + ".tar"), "a site");
        Files.writeString(directory.resolve(code.id() + ".tar"), "code");
        TaskInfo indexed = ended(new IndexExport(HERE, all, List.of(blog, code)));
        Path index = directory.resolve("index.json");
        assertThat(indexed.results())
                .containsEntry("export.files", "2")
                .containsEntry("export.bytes", "10")
                .containsEntry("export.sha256", sum(index));
        assertThat(Files.readString(index))
                .contains(
                        "\"format\":\"aegir-export\"",
                        "\"version\":1",
                        "\"file\":\"" + blog.id() + ".tar\"",
                        "\"sha256\":\"" + sum(first) + "\"",
                        "\"codebase\":\"wp\"");

        RequireIndexed file = new RequireIndexed(HERE, all.child(blog.id() + ".tar"));
        assertThat(ended(file).state()).isEqualTo(TaskState.SUCCEEDED);
        Files.writeString(first, "a Site");
        refused(file, "another checksum");
        Files.writeString(directory.resolve("late.tar"), "late");
        refused(new RequireIndexed(HERE, all.child("late.tar")), "is not in " + all + "/index.json");
    }

    /** What lies alone, or beside something that is called so, has no index. */
    @Test
    void whatCameAloneIsNotCompared() throws Exception {
        Files.writeString(temporary.resolve("blog.tar"), "a site");
        RequireIndexed file = new RequireIndexed(
                HERE, HostPath.of(temporary.resolve("blog.tar").toString()));
        assertThat(ended(file).state()).isEqualTo(TaskState.SUCCEEDED);
        for (String other : List.of("{\"format\":\"pages\"}", "[1]", "no JSON", "")) {
            Files.writeString(temporary.resolve("index.json"), other);
            assertThat(ended(file).state()).as(other).isEqualTo(TaskState.SUCCEEDED);
        }
    }

    @Test
    void anExportThatFailsLeavesNothing() throws Exception {
        Path directory = temporary.resolve("all");
        HostPath all = HostPath.of(directory.toString());
        TaskInfo failed = ended(
                new MakeExportDirectory(HERE, all), new IndexExport(HERE, all, List.of(of("a", Optional.empty()))));
        assertThat(failed.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(directory).doesNotExist();
        Path there = Files.createDirectory(temporary.resolve("there"));
        Backup one = of("a", Optional.empty());
        Files.writeString(there.resolve(one.id() + ".tar"), "x");
        failed = ended(
                new IndexExport(HERE, HostPath.of(there.toString()), List.of(one)),
                new RequireIndexed(HERE, HostPath.of(there.toString()).child(one.id() + ".tar")),
                new IndexExport(HERE, HostPath.of(temporary.resolve("missing").toString()), List.of(one)));
        assertThat(failed.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(there.resolve("index.json")).doesNotExist();
        assertThat(there.resolve(one.id() + ".tar")).hasContent("x");
    }

    @Test
    void atLeastOneBackupAndNoneTwice() {
        Id id = Id.next();
        assertThatThrownBy(() -> new ExportBackups(List.of(), "web1", "/srv/out"))
                .isInstanceOf(InvalidValueException.class);
        assertThatThrownBy(() -> new ExportBackups(List.of(id, id), "web1", "/srv/out"))
                .isInstanceOf(InvalidValueException.class);
    }
}
