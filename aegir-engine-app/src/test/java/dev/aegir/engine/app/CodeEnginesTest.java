// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Command;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Release;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.Application;
import dev.aegir.spi.CodeEngine;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What holds for all code engines. */
class CodeEnginesTest {
    private static final Codebase GIT = Codebase.of(
            "handbook",
            CodeSource.git("ssh://git@git.example.net/handbook.git", "main")
                    .with("credential", "keys/git")
                    .with("host-key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEJg"));
    private static final Codebase ARCHIVE = Codebase.of(
            "archived",
            CodeSource.archive("https://example.net/a.tar.gz?x=1&y='2'", "0".repeat(64))
                    .with("strip", "1"));
    private static final Codebase COMPOSER = Codebase.of(
            "shop",
            CodeSource.composer("https://git.example.net/shop.git", "main")
                    .with("trusted", "true")
                    .with("auth", "composer/auth")
                    .with("php", "/usr/bin/php8.2"));
    private static final Codebase DIRECTORY = Codebase.of("here", CodeSource.directory("/srv/sites/here"));

    private final Workplace place = new Workplace();

    @AfterEach
    void clean() {
        place.close();
    }

    @Test
    void areFoundByServiceLoader() {
        assertThat(ServiceLoader.load(Engine.class))
                .extracting(engine -> engine.kind() + "/" + engine.name())
                .contains("code/git", "code/archive", "code/composer", "code/directory");
        assertThat(ServiceLoader.load(Application.class))
                .extracting(Application::name)
                .contains("static");
    }

    @Test
    void plansAreTheSameAndStorable() {
        Bench bench = new Bench().setting("install", "true");
        for (Codebase codebase : List.of(GIT, ARCHIVE, COMPOSER, DIRECTORY)) {
            CodeEngine engine = Bench.engine(codebase.source());
            List<Step> steps = new ArrayList<>(bench.prepare(codebase, "web1"));
            steps.addAll(bench.bring(codebase, "web1"));
            steps.addAll(bench.remove(codebase, "web1"));
            List<Step> again = new ArrayList<>(bench.prepare(codebase, "web1"));
            again.addAll(bench.bring(codebase, "web1"));
            again.addAll(bench.remove(codebase, "web1"));
            assertThat(steps).isEqualTo(again);
            assertThat(steps).extracting(Step::name).doesNotHaveDuplicates();
            for (Step step : steps) {
                Step read = StoredForm.read(StoredForm.write(step), step.getClass());
                assertThat(read).isEqualTo(step);
                if (step.getClass().getPackageName().equals("dev.aegir.engine.app")) {
                    assertThat(engine.steps()).contains(step.getClass());
                }
            }
        }
    }

    @Test
    void aReleaseElsewhereThanTheEngineSaysIsRefused() {
        Service service = Service.of(ServiceKind.CODE, "git");
        Server server = Server.at("web1", "ssh://web1").offering(service);
        for (String path :
                new String[] {"/srv", "/srv/aegir/code/x/tree", "/srv/aegir/code/" + GIT.id(), "/" + GIT.id()}) {
            Release release = new Release(GIT.id(), GIT.name(), GIT.source(), GIT.revision(), HostPath.of(path));
            assertThatThrownBy(() -> new GitEngine().ensure(new EngineRequest<>(release, server, service)))
                    .isInstanceOf(InvalidValueException.class);
            assertThatThrownBy(() -> new GitEngine().remove(new EngineRequest<>(release, server, service)))
                    .isInstanceOf(InvalidValueException.class);
        }
    }

    @Test
    void whatWasBroughtCanBeRemovedWhateverItsSourceSaysByNow() {
        Codebase bad = new Codebase(
                GIT.id(),
                GIT.name(),
                GIT.application(),
                CodeSource.git("ext::sh -c x", "--x"),
                "",
                GIT.revision(),
                GIT.servers(),
                false,
                GIT.settings());
        assertThatThrownBy(() -> new Bench().bring(bad, "web1")).isInstanceOf(InvalidValueException.class);
        assertThat(new Bench().remove(bad, "web1")).hasSize(2);
    }

    @Test
    void theSuperuserIsNoAccountToFetchAs() {
        assertThatThrownBy(() -> new Bench().setting("account", "root").bring(GIT, "web1"))
                .isInstanceOf(InvalidValueException.class);
    }

    @Test
    void aSecretIsNeitherAWordNorInTheEnvironmentNorSaid() throws Exception {
        String canary = "c4n4ry-s3cr3t";
        Bench bench = place.bench().secret("keys/git", canary);
        Codebase https =
                Codebase.of("x", CodeSource.git("https://git.invalid/x", "main").with("credential", "keys/git"));
        Codebase archive = Codebase.of(
                "y",
                CodeSource.archive("https://git.invalid/x.tar", "0".repeat(64)).with("credential", "keys/git"));
        for (Codebase codebase : List.of(https, archive)) {
            Bench.Task task = bench.task();
            assertThatThrownBy(() -> task.run(bench.bring(codebase, "web1")))
                    .isInstanceOf(SourceException.class)
                    .hasMessageNotContaining(canary);
            task.undo();
        }
        for (Command command : place.host().commands()) {
            assertThat(command.words() + " " + command.environment()).doesNotContain(canary);
        }
        assertThat(String.join("\n", bench.lines())).doesNotContain(canary);
        assertThat(place.sh(place.top(), "sh", "-c", "grep -r " + canary + " . || echo none"))
                .isEqualTo("none");
    }

    @Test
    void preparingNamesEveryMissingProgram() throws Exception {
        PrepareAccount step =
                (PrepareAccount) place.bench().prepare(GIT, "web1").get(0);
        PrepareAccount more = new PrepareAccount(
                step.name(), step.server(), step.place(), List.of("git", "no-such-program", "nor-this"));
        place.bench().task().run(List.of(step));
        assertThatThrownBy(() -> place.bench().task().run(List.of(more)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("no-such-program nor-this");
    }
}
