// SPDX-License-Identifier: Apache-2.0
package dev.aegir.benchmark;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * How much is in the sites that are backed up, cloned and migrated.
 *
 * @param files how many files the one has
 * @param megabytes how many megabytes these have together
 * @param database how many megabytes the other's database has, as a dump; 0 for no such site
 * @param runs how often each case is measured
 * @param who who is measured; empty for all
 * @param sharing whether the sites' files are where files can share what is in them (XFS)
 * @param output the file for the table
 */
record SiteOptions(int files, int megabytes, int database, int runs, List<String> who, boolean sharing, Path output) {
    static final String USAGE = """
            --files 20000            how many files the site of files has
            --megabytes 1000         how many megabytes they have together
            --database 500           megabytes of the database of the other site, as a dump; 0 leaves it out
            --runs 3                 runs of each case; least, median and most are given
            --who NAME,NAME          only these, such as aegir,pipe
            --sharing yes            the files are on XFS, where they can share what is in them (no)
            --output FILE            where the table goes (target/benchmarks/NAME.md)
            """;

    static SiteOptions parse(String benchmark, String... arguments) {
        SiteOptions options = new SiteOptions(
                20_000, 1000, 500, 3, List.of(), false, Path.of("target", "benchmarks", benchmark + ".md"));
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new WrongOptionException("Unknown, or without a value: " + arguments[i], USAGE);
            }
            options = options.with(arguments[i], arguments[i + 1]);
        }
        return options;
    }

    private SiteOptions with(String name, String value) {
        return switch (name) {
            case "--files" -> new SiteOptions(number(name, value, 1), megabytes, database, runs, who, sharing, output);
            case "--megabytes" -> new SiteOptions(files, number(name, value, 1), database, runs, who, sharing, output);
            case "--database" -> new SiteOptions(files, megabytes, number(name, value, 0), runs, who, sharing, output);
            case "--runs" -> new SiteOptions(files, megabytes, database, number(name, value, 1), who, sharing, output);
            case "--who" ->
                new SiteOptions(
                        files,
                        megabytes,
                        database,
                        runs,
                        Arrays.stream(value.split(",")).toList(),
                        sharing,
                        output);
            case "--sharing" -> new SiteOptions(files, megabytes, database, runs, who, value.equals("yes"), output);
            case "--output" -> new SiteOptions(files, megabytes, database, runs, who, sharing, Path.of(value));
            default -> throw new WrongOptionException("Unknown: " + name, USAGE);
        };
    }

    private static int number(String name, String value, int least) {
        if (!value.matches("[0-9]{1,7}") || Integer.parseInt(value) < least) {
            throw new WrongOptionException(name + " " + value + ": a number is wanted, at least " + least, USAGE);
        }
        return Integer.parseInt(value);
    }

    /** Without the site that has a database. */
    SiteOptions filesOnly() {
        return new SiteOptions(files, megabytes, 0, runs, who, sharing, output);
    }

    boolean wants(String name) {
        return who.isEmpty() || who.contains(name);
    }
}
