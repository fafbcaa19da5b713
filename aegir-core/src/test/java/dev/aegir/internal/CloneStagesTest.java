// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.CloneSite;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PlanPreview.StepPreview;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is done side by side when a site is cloned. */
class CloneStagesTest {
    private static final Site SITE = on("shop.example.net");

    private final Bench bench = new Bench(builder -> builder.backend(new Machines())
            .engine(new FakeEngines.Http())
            .engine(new FakeEngines.Code())
            .engine(new FakeShop.Databases())
            .engine(new Housing())
            .engine(new MovesTest.Files())
            .application(new MovesTest.CarefulShop()));

    /** Processes whose directory is a step of its own; what it says of a site called so is not what it does. */
    static final class Housing extends FakeShop.Processes {
        @Override
        public List<Step> ensure(EngineRequest<Pool> request) {
            List<Step> steps = new ArrayList<>(List.of(house("", request)));
            steps.addAll(super.ensure(request));
            return steps;
        }

        @Override
        public List<Step> housing(EngineRequest<Pool> request) {
            return List.of(house(request.resource().title().startsWith("wrong.") ? "other " : "", request));
        }

        private static Step house(String what, EngineRequest<Pool> request) {
            return RunCommand.of("pool: " + what + "directory", request.server().name(), Command.of("echo", what));
        }
    }

    private static Site on(String name) {
        return Site.of(name, "shop").http("web1/http").runtime("web1/runtime").database("web1/db");
    }

    @BeforeEach
    void aSiteIsThere() throws InterruptedException {
        bench.run(new EnrolServer(Server.at("web1", "fake://web1.example.net")
                        .hostKey(MovesTest.KEY)
                        .offering(Service.http("fake"))
                        .offering(Service.of(ServiceKind.RUNTIME, "fake"))
                        .offering(Service.of(ServiceKind.DB, "fake"))))
                .orThrow();
        Codebase code = Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()));
        bench.run(new CreateCodebase(code.application("shop").on("web1"))).orThrow();
        bench.run(new InstallSite(SITE)).orThrow();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    /** Files come after the database was dumped, and what needs neither waits for neither; each line is one stage. */
    @Test
    void aCopyIsFilledWhileItIsMade() throws InterruptedException {
        Site copy = on("copy.example.net");
        String dump = "/srv/aegir/staging/" + SITE.id() + "/clone-" + copy.id();
        assertThat(bench.aegir.preview(new CloneSite("shop.example.net", copy)).steps().stream()
                        .collect(Collectors.toMap(
                                StepPreview::stage,
                                StepPreview::name,
                                (one, other) -> one + " | " + other,
                                TreeMap::new))
                        .values())
                .containsSubsequence(
                        "db: ensure " + copy.id().account() + " from []",
                        "pool: directory, before it is open",
                        "db: dump to " + dump + " " + SITE.id().account() + " from []"
                                + " | pool: ensure of runtime, before it is open",
                        "db: load from " + dump + " " + copy.id().account() + " from []"
                                + " | copy files to web1 | settings of copy.example.net",
                        "remove " + dump + " from web1",
                        "shop: shop.example.net becomes copy.example.net",
                        "publish copy.example.net on web1");
        bench.run(new CloneSite("shop.example.net", copy)).orThrow();
    }

    @Test
    void anEngineThatSaysOtherStepsThanItPlansIsNamed() {
        CloneSite task = new CloneSite("shop.example.net", on("wrong.example.net"));
        assertThatThrownBy(() -> bench.submit(task))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(Housing.class.getName())
                .hasMessageContaining("by other steps than those it begins with");
    }
}
