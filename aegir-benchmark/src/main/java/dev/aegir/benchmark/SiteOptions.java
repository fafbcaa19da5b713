// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How much is in the sites that are backed up, cloned and migrated.
 *
 * @param files how many files the one has
 * @param megabytes how many megabytes these have together
 * @param database how many megabytes a database has, as a dump; 0 for no site that has one
 * @param runs how often each case is measured
 * @param sites the sites that are measured: one with files, one with a database, one with both
 * @param who who is measured; empty for all
 * @param sharing whether the sites' files are where files can share what is in them (XFS)
 * @param output the file for the table
 */
record SiteOptions(
        int files,
        int megabytes,
        int database,
        int runs,
        Set<Content> sites,
        List<String> who,
        boolean sharing,
        Path output) {
    static final String USAGE = """
            --files 20000            how many files the site of files has
            --megabytes 1000         how many megabytes they have together
            --database 500           megabytes of a database, as a dump; 0 leaves out what has one
            --runs 3                 runs of each case; least, median and most are given
            --sites NAME,NAME        of files, database and both: a site that has much of one, or of both (files,database)
            --who NAME,NAME          only these, such as aegir,pipe
            --sharing yes            the files are on XFS, where they can share what is in them (no)
            --output FILE            where the table goes (target/benchmarks/NAME.md)
            """;

    static SiteOptions parse(String benchmark, String... arguments) {
        SiteOptions options = new SiteOptions(
                20_000,
                1000,
                500,
                3,
                EnumSet.of(Content.FILES, Content.DATABASE),
                List.of(),
                false,
                Path.of("target", "benchmarks", benchmark + ".md"));
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new WrongOptionException("Unknown, or without a value: " + arguments[i], USAGE);
            }
            options = options.with(arguments[i], arguments[i + 1]);
        }
        if (options.database == 0 && options.sites.stream().allMatch(Content::hasDatabase)) {
            throw new WrongOptionException("--database 0 leaves out all of --sites: nothing would be measured", USAGE);
        }
        return options;
    }

    private SiteOptions with(String name, String value) {
        return switch (name) {
            case "--files" ->
                new SiteOptions(number(name, value, 1), megabytes, database, runs, sites, who, sharing, output);
            case "--megabytes" ->
                new SiteOptions(files, number(name, value, 1), database, runs, sites, who, sharing, output);
            case "--database" ->
                new SiteOptions(files, megabytes, number(name, value, 0), runs, sites, who, sharing, output);
            case "--runs" ->
                new SiteOptions(files, megabytes, database, number(name, value, 1), sites, who, sharing, output);
            case "--sites" -> new SiteOptions(files, megabytes, database, runs, contents(value), who, sharing, output);
            case "--who" ->
                new SiteOptions(files, megabytes, database, runs, sites, List.of(value.split(",")), sharing, output);
            case "--sharing" ->
                new SiteOptions(files, megabytes, database, runs, sites, who, value.equals("yes"), output);
            case "--output" -> new SiteOptions(files, megabytes, database, runs, sites, who, sharing, Path.of(value));
            default -> throw new WrongOptionException("Unknown: " + name, USAGE);
        };
    }

    private static Set<Content> contents(String value) {
        Set<Content> chosen = EnumSet.noneOf(Content.class);
        for (String name : value.split(",")) {
            chosen.add(Arrays.stream(Content.values())
                    .filter(content -> content.toString().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new WrongOptionException(
                            "--sites " + value + ": there are files, database and both", USAGE)));
        }
        return chosen;
    }

    private static int number(String name, String value, int least) {
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < least) {
            throw new WrongOptionException(name + " " + value + ": a number is wanted, at least " + least, USAGE);
        }
        return Integer.parseInt(value);
    }

    /** With one site alone, which has files and no database. */
    SiteOptions filesOnly() {
        return new SiteOptions(files, megabytes, 0, runs, EnumSet.of(Content.FILES), who, sharing, output);
    }

    boolean wants(String name) {
        return who.isEmpty() || who.contains(name);
    }
}
