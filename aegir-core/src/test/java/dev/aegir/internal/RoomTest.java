// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Database;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.MeasuringEngine;
import dev.aegir.task.Change;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.MigrateSite;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import dev.aegir.task.StepInfo;
import dev.aegir.task.StepState;
import dev.aegir.task.Task;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.task.UpdateSite;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A site goes only where there is room for it, which is looked at before anything is made. */
class RoomTest {
    private static final Site SITE = Site.of("shop.example.net", "shop")
            .http("web1/http")
            .runtime("web1/php")
            .database("web1/db");
    private static final Site ELSEWHERE =
            SITE.http("web2/http").runtime("web2/php").database("web2/db");

    /** How the question begins what the files take. */
    private static final String TAKEN = "# what is taken";

    private final Machines machines = new Machines();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(new FakeEngines.Http())
                .engine(new FakeEngines.Code())
                .engine(new Measured())
                .engine(new FakeShop.Processes())
                .engine(new MovesTest.Files())
                .application(new FakeShop());
    }

    /** Databases of 600 MiB. */
    static final class Measured extends FakeShop.Databases implements MeasuringEngine {
        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Measure.class);
        }

        @Override
        public List<Step> measure(EngineRequest<Database> request, String name) {
            return List.of(new Measure("db: measure " + name, name));
        }
    }

    /** Knows it. */
    record Measure(String name, String measure) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {
            context.remember(
                    MeasuringEngine.fact(measure),
                    new MeasuringEngine.Measured(600L << 20, Optional.of(HostPath.of("/var/lib/db"))));
        }
    }

    private static Server server(String name) {
        return Server.at(name, "fake://" + name + ".example.net")
                .hostKey(MovesTest.KEY)
                .offering(Service.http("fake"))
                .offering(Service.of(ServiceKind.RUNTIME, "fake").named("php"))
                .offering(Service.of(ServiceKind.DB, "fake"));
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        machines.facts = "addresses=192.0.2.7\n";
        done(new EnrolServer(server("web1")));
        done(new EnrolServer(server("web2")));
        Codebase code = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        done(new CreateCodebase(code.application("shop").on("web1")));
        done(new InstallSite(SITE));
        machines.asked.clear();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void done(Task task) throws InterruptedException {
        bench.run(task).orThrow();
    }

    /** Its files take 1 GiB in 1000 files; free is what each directory, the last word of the question, is told to have. */
    private void free(UnaryOperator<String> inDirectory) {
        machines.says = command -> {
            List<String> words = command.words();
            if (words.stream().anyMatch(word -> word.startsWith(TAKEN))) {
                return (1L << 20) + " 1000\n";
            }
            return words.stream().anyMatch(word -> word.startsWith("# what is free"))
                    ? inDirectory.apply(words.get(words.size() - 1))
                    : "";
        };
    }

    /** A file system with so many free blocks of 1 KiB, and so many inodes of so many. */
    private static String room(int device, long kilobytes, long inodes, long any) {
        return device + " " + kilobytes + " 1024 " + inodes + " " + any + "\n";
    }

    private void refused(String part) throws InterruptedException {
        TaskInfo refused = bench.run(new MigrateSite(ELSEWHERE));
        assertThat(refused.state()).isEqualTo(TaskState.ROLLED_BACK);
        assertThat(refused.cause().orElse("")).contains("has no room for shop.example.net", part);
        assertThat(refused.steps().stream()
                        .filter(step -> step.state() != StepState.PENDING)
                        .map(StepInfo::name))
                .containsExactly(
                        "see that the files of shop.example.net on web2 are not those on web1",
                        "db: measure room-here",
                        "db: measure room-there",
                        "there is room for shop.example.net");
        assertThat(bench.aegir.inventory().site(SITE.name())).contains(SITE);
    }

    @Test
    void whatDoesNotFitIsNotBegun() throws InterruptedException {
        free(directory -> room(7, 1L << 20, 1L << 20, 1L << 20));
        // 1 GiB of files, and 600 MiB each of a dump and of a database, and a tenth.
        refused((1L << 20) + 2 * (600L << 10) + ((1L << 20) + 2 * (600L << 10)) / 10 + " KiB are needed");
        free(directory -> room(7, 1L << 30, 1000, 1L << 20));
        refused("inodes are needed");
        // Where they are not counted nobody runs out of them.
        free(directory -> room(7, 1L << 30, 0, 0));
        done(new MigrateSite(ELSEWHERE));
    }

    /** What goes to several file systems need only fit into each. */
    @Test
    void everyFileSystemCountsForItself() throws InterruptedException {
        free(directory -> apart(directory, 600_000));
        refused("in /var/lib/db and what else");
        free(directory -> apart(directory, 700_000));
        done(new MigrateSite(ELSEWHERE));
    }

    private static String apart(String directory, long forDatabases) {
        if (directory.equals("/var/lib/db")) {
            return room(9, forDatabases, 1L << 20, 1L << 20);
        }
        return directory.startsWith("/srv/aegir/staging/")
                ? room(8, 700_000, 1L << 20, 1L << 20)
                : room(7, 1_200_000, 1L << 20, 1L << 20);
    }

    @Test
    void somebodyMayKnowBetter() throws InterruptedException {
        free(directory -> room(7, 1, 1, 1));
        done(new UpdateSite(SITE.with("room", "off")));
        done(new MigrateSite(ELSEWHERE.with("room", "off")));
        assertThat(machines.asked).noneMatch(asked -> asked.contains(TAKEN));
    }
}
