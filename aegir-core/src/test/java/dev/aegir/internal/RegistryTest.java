// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Engine;
import dev.aegir.spi.Planner;
import dev.aegir.spi.TaskHandler;
import dev.aegir.task.Change;
import dev.aegir.task.InstallSite;
import dev.aegir.task.Plan;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an instance has, and what it says about what it has not. */
class RegistryTest {
    private static Registry with(List<Engine<?>> engines, List<Backend> backends, List<TaskHandler<?>> handlers) {
        return new Registry(engines, backends, List.of(), handlers, List.of(), List.of(), Set.of());
    }

    /** Another one of the same name. */
    private static final class Second extends FakeEngines.Http {}

    @Test
    void twoOfOneNameAreRefusedAndBothAreNamed() {
        assertThatThrownBy(() -> with(List.of(new FakeEngines.Http(), new Second()), List.of(), List.of()))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("\"http engine fake\"")
                .hasMessageContaining(FakeEngines.Http.class.getName())
                .hasMessageContaining(Second.class.getName());
        assertThatThrownBy(() -> with(List.of(), List.of(new Machines(), new Machines()), List.of()))
                .hasMessageContaining("\"backend fake\"");
        assertThatThrownBy(() -> with(List.of(), List.of(), List.of(new World.JobHandler(), new World.JobHandler())))
                .hasMessageContaining("\"task test.job\"");
    }

    @Test
    void twoHandlersOfOneTypeAreRefused() {
        TaskHandler<World.Job> other = new TaskHandler<>() {
            @Override
            public String name() {
                return "test.other";
            }

            @Override
            public Class<World.Job> type() {
                return World.Job.class;
            }

            @Override
            public Plan plan(World.Job task, Planner planner) {
                return Plan.empty();
            }
        };
        assertThatThrownBy(() -> with(List.of(), List.of(), List.of(new World.JobHandler(), other)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(World.Job.class.getName());
    }

    @Test
    void whatIsUnknownIsNamedWithWhatThereIsAndWhatWouldBringIt() {
        Registry registry =
                with(List.of(new FakeEngines.Http(), new FakeEngines.Code()), List.of(new Machines()), List.of());
        assertThat(registry.engine(ServiceKind.HTTP, Name.of("fake"))).isInstanceOf(FakeEngines.Http.class);
        assertThatThrownBy(() -> registry.engine(ServiceKind.HTTP, Name.of("nginx")))
                .isInstanceOf(RefusedException.class)
                .hasMessage("There is no http engine nginx; there is fake."
                        + " The artifact dev.aegir:aegir-engine-http brings it.");
        assertThatThrownBy(() -> registry.engine(Name.of("cache"), Name.of("memcached")))
                .hasMessage("There is no cache engine memcached; there is none."
                        + " Add the artifact that brings it, or register it with the builder.");
        assertThatThrownBy(() -> registry.engine(ServiceKind.CODE, Name.of("git")))
                .hasMessageContaining("aegir-engine-app");
        assertThatThrownBy(() -> registry.backend("ssh"))
                .hasMessage(
                        "There is no backend ssh; there is fake. The artifact dev.aegir:aegir-backend-ssh brings it.");
        assertThatThrownBy(() -> registry.application(Name.of("drupal"))).hasMessageContaining("there is none");
        assertThatThrownBy(() -> registry.handler("site.fly")).hasMessageContaining("There is no task site.fly");
        assertThatThrownBy(() -> registry.handler(new InstallSite(Samples.SITE)))
                .hasMessageContaining(InstallSite.class.getName());
    }

    @Test
    void anEngineProvidesWhatItsKindSays() {
        Registry registry = with(List.of(new FakeEngines.Http()), List.of(), List.of());
        ServiceKind<FakeEngines.Other> wrong = ServiceKind.of("http", FakeEngines.Other.class);
        assertThatThrownBy(() -> registry.engine(wrong, Name.of("fake")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("VirtualHost")
                .hasMessageContaining("Other");
    }

    /** A step that is no record. */
    static final class NoRecord implements Step {
        @Override
        public String name() {
            return "no record";
        }

        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {}
    }

    @Test
    void aStepIsARecord() {
        assertThatThrownBy(() -> new Registry(
                        List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), Set.of(NoRecord.class)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining(NoRecord.class.getName())
                .hasMessageContaining("not a record");
    }

    @Test
    void anInstanceSaysWhatItLacks() {
        assertThatThrownBy(() -> Aegir.builder().onlyWhatIsNamed().open())
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("secrets")
                .hasMessageContaining("home(directory)");
        assertThatThrownBy(() -> Aegir.builder()
                        .onlyWhatIsNamed()
                        .secrets(new Bench.MemorySecrets())
                        .open())
                .hasMessageContaining("store");
        assertThatThrownBy(() -> Aegir.builder()
                        .onlyWhatIsNamed()
                        .secrets(new Bench.MemorySecrets())
                        .store(URI.create("oracle:thin"))
                        .open())
                .hasMessageContaining("oracle:thin")
                .hasMessageContaining("aegir-executor-sql");
        assertThatThrownBy(() -> Aegir.builder().threads(-1)).isInstanceOf(InvalidValueException.class);
        try (Aegir aegir = Aegir.builder()
                .onlyWhatIsNamed()
                .secrets(new Bench.MemorySecrets())
                .store(URI.create("memory:/"))
                .open()) {
            assertThat(aegir.inventory().sites()).isEmpty();
        }
    }
}
