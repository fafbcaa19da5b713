// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.Aegir;
import dev.aegir.spi.Application;
import dev.aegir.spi.Backend;
import dev.aegir.spi.Engine;
import dev.aegir.spi.Store;
import dev.aegir.spi.StoreProvider;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskInfo;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.ServiceLoader;

/** The program that is killed: runs one task, and waits for its end at one crash point. */
public final class CrashedProgram {
    private CrashedProgram() {}

    /**
     * Runs it.
     *
     * @param arguments home, scenario, the deadly point (0 for none, after which all points are told), and the words of the world
     */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Scenario scenario = Scenario.valueOf(arguments[1]);
        CrashPoints points = new CrashPoints(arguments[2]);
        World world = World.of(List.of(arguments).subList(3, arguments.length));
        try (Aegir aegir = open(home, points)) {
            TaskInfo end = aegir.submit(Submission.of(scenario.task(world)).key(scenario.name()))
                    .follow(event -> {});
            if (arguments[2].equals("0")) {
                points.all().forEach(point -> System.out.println("POINT " + point.kind() + "\t" + point.deadly()));
            }
            System.out.println("ENDED " + end.state() + " " + points.passed());
        }
        System.exit(0);
    }

    /** An Aegir that dies at one point. */
    public static Aegir open(Path home, CrashPoints points) {
        URI uri = URI.create("sqlite:" + home.resolve("aegir.db").toUri().getRawPath());
        StoreProvider provider = ServiceLoader.load(StoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.accepts(uri))
                .findFirst()
                .orElseThrow();
        Store store = provider.open(uri, InstantSource.system());
        Aegir.Builder builder = Aegir.builder().onlyWhatIsNamed().home(home).store(new CrashingStore(store, points));
        ServiceLoader.load(Engine.class).forEach(builder::engine);
        ServiceLoader.load(Application.class).forEach(builder::application);
        ServiceLoader.load(Backend.class).forEach(backend -> builder.backend(new CrashingBackend(backend, points)));
        return builder.open();
    }
}
