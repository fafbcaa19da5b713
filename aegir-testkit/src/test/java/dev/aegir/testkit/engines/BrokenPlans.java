// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.host.Command;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.Change;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;

/** Engines that plan badly. */
final class BrokenPlans {
    private BrokenPlans() {}

    /** Named in no META-INF/services. */
    static final class NotRegistered extends NoteEngine {}

    /** Its test says that it refuses notes about money. */
    static final class DoesWhatItSaysItDoesNot extends NoteEngine {}

    static final class ThrowsAtOnce extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            throw new IllegalStateException("no");
        }
    }

    @NullUnmarked
    static final class ReturnsNull extends NoteEngine {
        @Override
        public List<Step> remove(EngineRequest<Note> request) {
            return null;
        }
    }

    static final class HangsWhilePlanning extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            boolean interrupted = false;
            while (!interrupted) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    // As careless as it gets.
                    interrupted = false;
                }
            }
            return List.of();
        }
    }

    static final class ChangesItsInput extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            request.resource().lines().add("me too");
            return super.ensure(request);
        }
    }

    static final class PrintsOnStandardOutput extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            System.out.println("planning");
            return super.ensure(request);
        }
    }

    static final class KeepsState extends NoteEngine {
        private final AtomicInteger planned = new AtomicInteger();

        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            ConfigChange change = (ConfigChange) super.ensure(request).get(0);
            return List.of(new ConfigChange(
                    change.name() + " #" + planned.incrementAndGet(), change.server(), change.change()));
        }
    }

    static final class ChangesItsKind extends NoteEngine {
        private int asked;

        @Override
        public ServiceKind<Note> kind() {
            return asked++ == 0 ? NOTE : ServiceKind.of("note" + asked, Note.class);
        }
    }

    static final class HasABadName extends NoteEngine {
        @Override
        public String name() {
            return "Notes!";
        }
    }

    static final class NamesStepsWithoutTheServer extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            ConfigChange change = (ConfigChange) super.ensure(request).get(0);
            return List.of(new ConfigChange("publish " + request.resource().title(), change.server(), change.change()));
        }
    }

    static final class NamesStepsWithoutTheResource extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            ConfigChange change = (ConfigChange) super.ensure(request).get(0);
            return List.of(new ConfigChange("publish on " + change.server(), change.server(), change.change()));
        }
    }

    static final class PlansSomethingThatIsNoRecord extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            List<Step> steps = new ArrayList<>(super.ensure(request));
            steps.add(new Nothing(named("nothing", request)));
            return steps;
        }

        static final class Nothing implements Step {
            private final String name;

            Nothing(String name) {
                this.name = name;
            }

            @Override
            public String name() {
                return name;
            }

            @Override
            public List<Change> preview(StepContext context) {
                return List.of();
            }

            @Override
            public void run(StepContext context) {}
        }
    }

    /** A step that does nothing. */
    record Idle(String name) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {}
    }

    static final class DoesNotDeclareItsSteps extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            List<Step> steps = new ArrayList<>(super.ensure(request));
            steps.add(new Idle(named("idle", request)));
            return steps;
        }
    }

    /** A step with a component that does not come back as it was. */
    record Forgetful(String name, Set<Object> things) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of();
        }

        @Override
        public void run(StepContext context) {}
    }

    static final class LosesAComponentInTheJournal extends NoteEngine {
        @Override
        public Set<Class<? extends Step>> steps() {
            return Set.of(Forgetful.class);
        }

        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            List<Step> steps = new ArrayList<>(super.ensure(request));
            steps.add(new Forgetful(
                    named("forget", request),
                    new HashSet<>(Set.of(request.server().name()))));
            return steps;
        }
    }

    static final class PastesIntoAShell extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            Command echo = Command.of("sh", "-ec", "echo " + request.resource().title());
            Command done = Command.of("announced", request.resource().title());
            return List.of(
                    super.ensure(request).get(0),
                    RunCommand.of(named("announce", request), request.server().name(), echo)
                            .unless(done));
        }
    }

    static final class RefusesWithoutAWord extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            if (request.resource().title().contains("$")) {
                throw new IllegalArgumentException();
            }
            return super.ensure(request);
        }
    }

    static final class LetsALineBreakThrough extends NoteEngine {
        @Override
        public List<Step> ensure(EngineRequest<Note> request) {
            String content = "# " + request.resource().owner() + "\n"
                    + String.join("\n", request.resource().lines());
            return List.of(reloading(named("publish", request), request.server().name())
                    .write(file(request.resource()), content, request.resource().owner())
                    .build());
        }
    }
}
