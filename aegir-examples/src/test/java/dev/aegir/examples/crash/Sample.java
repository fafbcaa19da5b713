// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * At which points of a scenario the program is killed: always the same. Of two points between which nothing happens, the latter.
 * Without more being said: at all of them when the site is of pages only; once within every kind of step when it has a program
 * and files, at another point of it than in the scenario before; and of a WordPress, which takes long to bring back, at a few,
 * and in some scenarios within every kind of step that no other site, or no other scenario, has. Only the tasks of pages are killed once each: others
 * are killed again while they go on.
 */
final class Sample {
    /** Every so many points instead; 1 for all. */
    private static final Optional<Integer> EVERY = Optional.ofNullable(Integer.getInteger("aegir.crash.every"));

    /** How far apart the points are, at least, at which a WordPress is killed whatever it is doing: about four of a long task. */
    private static final int FAR = 40;

    /** How often one task is killed at most, where bringing its servers back takes longer than the task. */
    private static final int AGAIN = 4;

    /** Between them they have the kinds of step that no other site has. */
    private static final Set<Scenario> THOROUGH = EnumSet.of(
            Scenario.WORDPRESS_INSTALL,
            Scenario.WORDPRESS_UPDATE_DATABASE,
            Scenario.WORDPRESS_CRON,
            Scenario.WORDPRESS_CLEAR_CACHES,
            Scenario.WORDPRESS_LOGIN_LINK,
            Scenario.WORDPRESS_DELETE,
            Scenario.WORDPRESS_RESTORE_COPY,
            Scenario.WORDPRESS_RESTORE,
            Scenario.WORDPRESS_MIGRATE);

    /** Kinds of step of core that only a site with a database has. */
    private static final Set<String> FOR_DATABASES = Set.of(
            "MakeSecret",
            "ForgetSecret",
            "RemoveStaging",
            "InPass Renamed RemoveStaging",
            "InPass Renamed MakeTree",
            "Half MakeTree",
            "Half CopyTree",
            "RunPhpCron");

    /** Kinds of step that only one scenario has. */
    private static final Set<String> RARE = Set.of("OnCopy", "RequirePackages");

    private Sample() {}

    static List<CrashPoints.Point> of(Scenario scenario, List<CrashPoints.Point> points) {
        List<CrashPoints.Point> different = different(points);
        return EVERY.map(every -> spread(scenario, different, every)).orElseGet(() -> switch (scenario.kind()) {
            case PAGES -> different;
            case FILES -> kinds(scenario, different);
            case WORDPRESS -> few(scenario, different);
        });
    }

    /**
     * Which of them one and the same task is killed at, one after the other, each time while it goes on after the kill before:
     * a site of pages at one only, since it is soon brought back, and others at some that lie far apart.
     */
    static List<List<CrashPoints.Point>> plays(Scenario scenario, List<CrashPoints.Point> sample) {
        int most = scenario.kind() == Made.Kind.PAGES ? 1 : AGAIN;
        int plays = (sample.size() + most - 1) / most;
        List<List<CrashPoints.Point>> shared = new ArrayList<>();
        for (int play = 0; play < plays; play++) {
            List<CrashPoints.Point> kills = new ArrayList<>();
            for (int i = play; i < sample.size(); i += plays) {
                kills.add(sample.get(i));
            }
            shared.add(kills);
        }
        return shared;
    }

    /** Points that come again for sure, should none of the sample. */
    static List<CrashPoints.Point> others(List<CrashPoints.Point> sample, List<CrashPoints.Point> points) {
        return points.stream()
                .filter(Sample::comesAgain)
                .filter(point -> !sample.contains(point))
                .toList();
    }

    private static boolean comesAgain(CrashPoints.Point point) {
        return !point.where().endsWith(" facts");
    }

    /** Between what is done and what is about to be done nothing happens: of two such points the latter is enough. */
    private static List<CrashPoints.Point> different(List<CrashPoints.Point> points) {
        List<CrashPoints.Point> different = new ArrayList<>();
        for (int i = 0; i < points.size(); i++) {
            boolean next = i + 1 < points.size() && points.get(i + 1).where().startsWith("before ");
            if (!next || points.get(i).where().startsWith("before ")) {
                different.add(points.get(i));
            }
        }
        return different;
    }

    private static List<CrashPoints.Point> spread(Scenario scenario, List<CrashPoints.Point> points, int every) {
        List<CrashPoints.Point> chosen = new ArrayList<>();
        for (int i = scenario.ordinal() % Math.max(1, Math.min(every, points.size() / 2));
                i < points.size();
                i += every) {
            chosen.add(points.get(i));
        }
        return chosen;
    }

    private static List<CrashPoints.Point> kinds(Scenario scenario, List<CrashPoints.Point> points) {
        Map<String, List<Integer>> kinds = new LinkedHashMap<>();
        for (int i = 0; i < points.size(); i++) {
            if (comesAgain(points.get(i))) {
                kinds.computeIfAbsent(points.get(i).kind(), absent -> new ArrayList<>())
                        .add(i);
            }
        }
        TreeSet<Integer> chosen = new TreeSet<>();
        int number = scenario.ordinal();
        for (List<Integer> of : kinds.values()) {
            chosen.add(of.get(number++ % of.size()));
        }
        return chosen.stream().map(points::get).toList();
    }

    private static List<CrashPoints.Point> few(Scenario scenario, List<CrashPoints.Point> points) {
        Set<CrashPoints.Point> chosen = new LinkedHashSet<>(spread(scenario, points, Math.max(FAR, points.size() / 4)));
        boolean thorough = THOROUGH.contains(scenario);
        kinds(scenario, points).stream()
                .filter(point -> RARE.contains(point.kind())
                        || thorough
                                && (point.kind().contains(CrashPoints.RICH) || FOR_DATABASES.contains(point.kind())))
                .forEach(chosen::add);
        return points.stream().filter(chosen::contains).toList();
    }
}
