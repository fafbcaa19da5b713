// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.Aegir;
import dev.aegir.model.CodeSource;
import dev.aegir.model.Codebase;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.spi.ApplicationRequest;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.CreateCodebase;
import dev.aegir.task.EnrolServer;
import dev.aegir.task.InstallSite;
import dev.aegir.task.PrepareServer;
import dev.aegir.task.Step;
import dev.aegir.task.Task;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Abuse case 50: an engine that is no good is refused, and named, before anything is done. */
class OddEnginesTest {
    private static final String KEY = "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU";
    private static final Server WEB1 =
            Server.at("web1", "fake://web1.example.net").hostKey(KEY).offering(Service.http("fake"));
    private static final Site SITE = Site.of("docs.example.net", "docs").http("web1/http");

    private final Machines machines = new Machines();
    private final Odd odd = new Odd();
    private final OddShop shop = new OddShop();
    private final Bench bench = new Bench(this::parts);

    private Aegir.Builder parts(Aegir.Builder builder) {
        return builder.backend(machines)
                .engine(odd)
                .engine(new FakeEngines.Code())
                .application(shop)
                .application(new FakeEngines.Static());
    }

    /** Plans whatever the test says. */
    @NullUnmarked
    static final class Odd extends FakeEngines.Http {
        private volatile Supplier<List<Step>> plans;

        @Override
        public List<Step> prepare(ServiceRequest request) {
            return plans == null ? super.prepare(request) : plans.get();
        }

        @Override
        public List<Step> ensure(EngineRequest<VirtualHost> request) {
            return plans == null ? super.ensure(request) : plans.get();
        }
    }

    @BeforeEach
    void aCodebaseIsThere() throws InterruptedException {
        bench.run(new EnrolServer(WEB1)).orThrow();
        bench.run(new CreateCodebase(Codebase.of("docs", new CodeSource(Name.of("fake"), Settings.none()))
                        .on("web1")))
                .orThrow();
        machines.asked.clear();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    private void refused(Supplier<List<Step>> plans, String why) {
        odd.plans = plans;
        int tasks = bench.aegir.tasks(TaskQuery.newest(100)).size();
        for (Task task : List.of(new InstallSite(SITE), new PrepareServer(Name.of("web1")))) {
            assertThatThrownBy(() -> bench.submit(task))
                    .as(task.title())
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(Odd.class.getName())
                    .hasMessageContaining(why);
            assertThatThrownBy(() -> bench.aegir.preview(task))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining(Odd.class.getName());
        }
        assertThat(bench.aegir.tasks(TaskQuery.newest(100))).hasSize(tasks);
        assertThat(machines.asked).isEmpty();
    }

    /** Plans and says whatever the test says. */
    @NullUnmarked
    static final class OddShop extends FakeShop {
        private volatile Supplier<List<Step>> plans;
        private volatile boolean mute;

        @Override
        public String name() {
            return "odd";
        }

        @Override
        public Set<ServiceKind<?>> needs(Site site) {
            return mute ? null : Set.of();
        }

        @Override
        public VirtualHost.Handler handler(ApplicationRequest request) {
            return new VirtualHost.StaticFiles();
        }

        @Override
        public List<VirtualHost.Mount> mounts(ApplicationRequest request) {
            return List.of();
        }

        @Override
        public List<Step> configure(ApplicationRequest request) {
            return List.of();
        }

        @Override
        public List<Step> install(ApplicationRequest request) {
            return plans.get();
        }
    }

    @Test
    void anApplicationIsNamedToo() throws InterruptedException {
        bench.run(new CreateCodebase(Codebase.of("shop", new CodeSource(Name.of("fake"), Settings.none()))
                        .application("odd")
                        .on("web1")))
                .orThrow();
        Site site = Site.of("shop.example.net", "shop").http("web1/http");
        List<Supplier<List<Step>>> all = List.of(() -> null, () -> new ArrayList<>(Collections.singleton(null)), () -> {
            throw new IllegalStateException("odd failure");
        });
        List<String> why = List.of("returned no steps", "a step that is null", "odd failure");
        for (int i = 0; i < all.size(); i++) {
            shop.plans = all.get(i);
            blamed(site, why.get(i));
        }
        shop.mute = true;
        blamed(site, "asked for needs");
    }

    private void blamed(Site site, String why) {
        assertThatThrownBy(() -> bench.submit(new InstallSite(site)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("The application " + OddShop.class.getName())
                .hasMessageContaining(why);
    }

    @Test
    void returnsNull() {
        refused(() -> null, "returned no steps");
        refused(() -> new ArrayList<>(Collections.singleton(null)), "a step that is null");
    }

    @Test
    void throwsWhateverThereIs() {
        refused(
                () -> {
                    throw new IllegalStateException("odd failure");
                },
                "odd failure");
        refused(
                () -> {
                    throw new StackOverflowError("too deep");
                },
                "too deep");
        refused(
                () -> {
                    throw new NoClassDefFoundError("gone/Away");
                },
                "gone/Away");
    }
}
