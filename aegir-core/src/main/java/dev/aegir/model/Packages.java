// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What a codebase, or a site, has installed, as it was found there.
 *
 * @param owner the id of the codebase or site
 * @param at when it was looked at
 * @param entries what is there, by type and name
 * @param drift where what is there is not what the code says should be there
 */
public record Packages(Id owner, Instant at, List<Entry> entries, List<Drift> drift) {
    /**
     * One package.
     *
     * @param type what it is, in its application's words: {@code core}, {@code module}, {@code theme}, {@code profile},
     *     {@code plugin}, {@code mu-plugin}, {@code library}
     * @param name its name in code, such as {@code views}
     * @param version its version as it says itself; empty when it says none
     * @param scheme how its versions are ordered
     * @param title its name for people; empty when it has none
     * @param origin the project it comes from, such as {@code drupal} for the modules of Drupal's core; empty when it does not
     *     say
     * @param schema for a codebase the newest state of the database it knows, for a site the state its database is in; absent
     *     when it keeps none
     * @param oldest the oldest state of the database it can still update; absent when it says none
     * @param dependencies the names of the packages it needs
     * @param enabled whether it is switched on; absent for a codebase, where that cannot be said
     */
    public record Entry(
            String type,
            String name,
            String version,
            VersionScheme scheme,
            String title,
            String origin,
            Optional<Integer> schema,
            Optional<Integer> oldest,
            List<String> dependencies,
            Optional<Boolean> enabled) {
        /** Copies. */
        public Entry {
            dependencies = List.copyOf(dependencies);
        }

        /**
         * A package of which only this is known.
         *
         * @param type what it is
         * @param name its name in code
         * @param version its version; may be empty
         * @param scheme how its versions are ordered
         * @return the entry
         */
        public static Entry of(String type, String name, String version, VersionScheme scheme) {
            return new Entry(
                    type,
                    name,
                    version,
                    scheme,
                    "",
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    List.of(),
                    Optional.empty());
        }
    }

    /**
     * A package that is not there as it should be.
     *
     * @param name its name
     * @param locked the version that is locked; empty for none
     * @param installed the version that was installed; empty for none
     * @param present whether its files are there
     */
    public record Drift(String name, String locked, String installed, boolean present) {
        /** Makes it. */
        public Drift {}

        @Override
        public String toString() {
            return name + ": locked " + (locked.isEmpty() ? "nowhere" : locked) + ", installed "
                    + (installed.isEmpty() ? "nowhere" : installed) + (present ? "" : ", and its files are missing");
        }
    }

    /** Sorts and copies. */
    public Packages {
        entries = entries.stream()
                .sorted(Comparator.comparing(Entry::type)
                        .thenComparing(Entry::name)
                        .thenComparing(Entry::version))
                .toList();
        drift = drift.stream().sorted(Comparator.comparing(Drift::name)).toList();
    }

    /**
     * A package.
     *
     * @param type what it is
     * @param name its name in code
     * @return the package, if it is there
     */
    public Optional<Entry> find(String type, String name) {
        return entries.stream()
                .filter(entry -> entry.type().equals(type) && entry.name().equals(name))
                .findFirst();
    }

    /**
     * A table for people.
     *
     * @return one line for each package: type, name, version, the state of the database where it has one, {@code on} or
     *     {@code off} where that is known, and its name for people; empty when there is none
     */
    public String table() {
        return TextTable.of(entries.stream()
                .map(entry -> List.of(
                        entry.type(),
                        entry.name(),
                        entry.version().isEmpty() ? "?" : entry.version(),
                        entry.schema().map(String::valueOf).orElse("-"),
                        entry.enabled().map(on -> on ? "on" : "off").orElse("-"),
                        entry.title()))
                .toList());
    }

    /**
     * What would change for who goes from here to other packages, such as those of a newer codebase.
     *
     * @param target the other packages
     * @return the differences
     */
    public PackageComparison compare(Packages target) {
        return PackageComparison.between(this, target);
    }
}
