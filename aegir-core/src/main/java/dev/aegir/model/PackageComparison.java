// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What changes between two sets of packages.
 *
 * @param differences what changes, by type and name; what stays is not in it
 */
public record PackageComparison(List<Difference> differences) {
    /** What happens to a package. */
    public enum Kind {
        /** It is only in the target. */
        ADDED,
        /** It is not in the target. */
        MISSING,
        /** It is newer in the target. */
        UPGRADE,
        /** It is older in the target. */
        DOWNGRADE,
        /** Its version is another, and which is newer cannot be said. */
        CHANGED,
        /** The target knows only older states of the database: a database that was here cannot be used there. */
        SCHEMA_LOWER,
        /** The target can no longer update the state of the database that is here. */
        SCHEMA_TOO_OLD
    }

    /**
     * One package that changes.
     *
     * @param kind how
     * @param type what it is
     * @param name its name in code
     * @param before what is here
     * @param after what is in the target
     */
    public record Difference(
            Kind kind, String type, String name, Optional<Packages.Entry> before, Optional<Packages.Entry> after) {
        /** Makes it. */
        public Difference {}
    }

    /** Copies. */
    public PackageComparison {
        differences = List.copyOf(differences);
    }

    static PackageComparison between(Packages here, Packages target) {
        Map<String, Packages.Entry> before = byName(here);
        Map<String, Packages.Entry> after = byName(target);
        Set<String> names = new TreeSet<>(before.keySet());
        names.addAll(after.keySet());
        List<Difference> differences = new ArrayList<>();
        for (String name : names) {
            Optional<Packages.Entry> old = Optional.ofNullable(before.get(name));
            Optional<Packages.Entry> now = Optional.ofNullable(after.get(name));
            Packages.Entry either = old.or(() -> now).orElseThrow();
            for (Kind kind : kinds(old, now)) {
                differences.add(new Difference(kind, either.type(), either.name(), old, now));
            }
        }
        return new PackageComparison(differences);
    }

    /** The first of each name; a codebase that has one twice cannot use both. */
    private static Map<String, Packages.Entry> byName(Packages packages) {
        return packages.entries().stream()
                .collect(Collectors.toMap(
                        entry -> entry.type() + "\0" + entry.name(), entry -> entry, (a, b) -> a, TreeMap::new));
    }

    private static List<Kind> kinds(Optional<Packages.Entry> before, Optional<Packages.Entry> after) {
        if (before.isEmpty() || after.isEmpty()) {
            return List.of(before.isEmpty() ? Kind.ADDED : Kind.MISSING);
        }
        List<Kind> kinds = new ArrayList<>();
        Packages.Entry old = before.get();
        Packages.Entry now = after.get();
        OptionalInt order = old.scheme().compare(old.version(), now.version());
        if (order.isEmpty()) {
            kinds.add(Kind.CHANGED);
        } else if (order.getAsInt() != 0) {
            kinds.add(order.getAsInt() < 0 ? Kind.UPGRADE : Kind.DOWNGRADE);
        }
        if (old.schema().isPresent()) {
            int schema = old.schema().get();
            if (now.schema().isPresent() && now.schema().get() < schema) {
                kinds.add(Kind.SCHEMA_LOWER);
            }
            if (now.oldest().isPresent() && schema < now.oldest().get()) {
                kinds.add(Kind.SCHEMA_TOO_OLD);
            }
        }
        return kinds;
    }

    /**
     * The differences of a kind.
     *
     * @param kind the kind
     * @return those, by type and name
     */
    public List<Difference> of(Kind kind) {
        return differences.stream()
                .filter(difference -> difference.kind() == kind)
                .toList();
    }

    /**
     * Only what concerns a site: without what it has switched off, and without what is new in the target.
     *
     * @return those differences; the same as for a codebase, of which it cannot be said what is switched on
     */
    public PackageComparison ofWhatIsOn() {
        return new PackageComparison(differences.stream()
                .filter(difference -> difference
                        .before()
                        .filter(entry -> entry.enabled().orElse(true))
                        .isPresent())
                .toList());
    }

    /**
     * A table for people.
     *
     * @return one line for each difference: what happens, type, name, version here, version in the target, and the states of
     *     the database where they matter; empty when nothing changes
     */
    public String table() {
        List<List<String>> rows = new ArrayList<>();
        for (Difference each : differences) {
            boolean schema = each.kind() == Kind.SCHEMA_LOWER || each.kind() == Kind.SCHEMA_TOO_OLD;
            rows.add(List.of(
                    each.kind().name().toLowerCase(Locale.ROOT).replace('_', ' '),
                    each.type(),
                    each.name(),
                    each.before().map(entry -> text(entry, schema)).orElse("-"),
                    each.after().map(entry -> text(entry, schema)).orElse("-")));
        }
        return TextTable.of(rows);
    }

    private static String text(Packages.Entry entry, boolean schema) {
        String version = entry.version().isEmpty() ? "?" : entry.version();
        return schema
                ? version + " (" + entry.schema().map(String::valueOf).orElse("none")
                        + entry.oldest().map(oldest -> ", from " + oldest).orElse("") + ")"
                : version;
    }
}
