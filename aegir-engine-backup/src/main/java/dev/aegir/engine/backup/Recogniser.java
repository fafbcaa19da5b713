// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.FoundArchive.Dump;
import dev.aegir.engine.backup.FoundArchive.Piece;
import dev.aegir.engine.backup.internal.Entry;
import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.model.ImportRules;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds out of which format an archive is, by the names in it, as they are listed. For one archive; not thread-safe. */
final class Recogniser {
    private static final int MOST_SHOWN = 10;

    private final String inner;
    private final List<Reading> readings;
    private final Set<String> known = new HashSet<>();

    /**
     * For an archive.
     *
     * @param inner the file in the archive that this one is; empty for none
     * @param rules what it may be
     */
    Recogniser(String inner, List<ImportRules> rules) {
        this.inner = inner;
        this.readings = rules.stream().map(Reading::new).toList();
    }

    /** A directory that may be the one. */
    private static final class Candidate {
        private final ImportRules.Directory directory;
        private final String path;
        private final String lead;
        private final List<String> links = new ArrayList<>();
        private long entries;
        private long bytes;

        Candidate(ImportRules.Directory directory, String path, String lead) {
            this.directory = directory;
            this.path = path;
            this.lead = lead;
        }

        String prefix() {
            return lead + path;
        }
    }

    /** The archive as one format reads it. */
    private static final class Reading {
        private final ImportRules rules;
        private final List<Pattern> missing = new ArrayList<>();
        private final List<Pattern> directories;
        private final Optional<Pattern> database;
        private final List<Candidate> candidates = new ArrayList<>();
        private final List<Inspection.Seen> dumps = new ArrayList<>();

        Reading(ImportRules rules) {
            this.rules = rules;
            rules.markers().forEach(marker -> missing.add(Pattern.compile(marker)));
            directories = rules.directories().stream()
                    .map(each -> Pattern.compile(each.pattern()))
                    .toList();
            database = rules.database().map(Pattern::compile);
        }

        void name(String path) {
            missing.removeIf(marker -> marker.matcher(path).matches());
        }

        void directory(String path, String lead) {
            for (int i = 0; i < directories.size(); i++) {
                if (directories.get(i).matcher(path).matches()) {
                    candidates.add(new Candidate(rules.directories().get(i), path, lead));
                }
            }
        }

        void below(Inspection.Seen seen, String lead, String line) {
            for (Candidate each : candidates) {
                if (seen.path().startsWith(each.path + "/")) {
                    if (!lead.equals(each.lead)) {
                        throw Inspection.refused(
                                "one directory under two names",
                                Inspection.shown(seen.entry().name()));
                    }
                    each.entries++;
                    each.bytes += seen.entry().bytes();
                    if (seen.entry().type() == 'l') {
                        each.links.add(line);
                    }
                }
            }
        }
    }

    /** The next entry, which was inspected; its line as it was listed. */
    void next(Inspection.Seen seen, String line) {
        String path = seen.path();
        if (path.isEmpty()) {
            return;
        }
        String lead = seen.entry().name().startsWith("./") ? "./" : "";
        int end = path.indexOf('/');
        for (int depth = 1; depth <= ImportRules.DEEPEST; depth++) {
            boolean whole = end < 0;
            String name = whole ? path : path.substring(0, end);
            if (!whole || seen.entry().type() == 'd') {
                if (known.add(name)) {
                    readings.forEach(each -> each.name(name));
                    readings.forEach(each -> each.directory(name, lead));
                }
            } else if (seen.entry().type() == '-') {
                readings.forEach(each -> each.name(name));
                readings.stream()
                        .filter(each -> each.database
                                .filter(pattern -> pattern.matcher(name).matches())
                                .isPresent())
                        .forEach(each -> each.dumps.add(seen));
            }
            if (whole) {
                break;
            }
            end = path.indexOf('/', end + 1);
        }
        readings.forEach(each -> each.below(seen, lead, line));
    }

    /** What it is, when it is of exactly one of the formats. */
    FoundArchive found(Inspection inspection, boolean database) {
        List<Reading> fitting =
                readings.stream().filter(each -> each.missing.isEmpty()).toList();
        if (fitting.size() != 1) {
            String formats = (fitting.isEmpty() ? readings : fitting)
                    .stream().map(each -> each.rules.format().value()).toList().toString();
            throw new UnsafeArchiveException(
                    fitting.isEmpty()
                            ? "the archive is of none of the formats " + formats + " and no backup of ours; nothing was"
                                    + " unpacked. See what it is, and bring a format for it"
                            : "the archive could be of any of the formats " + formats
                                    + "; nothing was unpacked. Say which");
        }
        return found(fitting.get(0), inspection, database);
    }

    /** What it is by the first format's rules, whether those know it or not. */
    FoundArchive foundByFirst(Inspection inspection, boolean database) {
        return found(readings.get(0), inspection, database);
    }

    private FoundArchive found(Reading reading, Inspection inspection, boolean database) {
        List<Candidate> chosen = new ArrayList<>();
        for (ImportRules.Directory directory : reading.rules.directories()) {
            only(reading, directory).ifPresent(chosen::add);
        }
        Set<String> targets = new HashSet<>();
        for (Candidate each : chosen) {
            if (!targets.add(each.directory.target())) {
                throw ambiguous(
                        each.directory.target(),
                        chosen.stream().map(Candidate::prefix).toList());
            }
            // A link that stays inside of the archive may lead out of the directory that is unpacked.
            each.links.forEach(line -> Inspection.foreign(List.of(each.path), Inspection.Limits.NONE)
                    .next(line));
        }
        List<Piece> pieces = chosen.stream().map(each -> piece(each, chosen)).toList();
        return new FoundArchive(
                reading.rules.format().value(),
                pieces,
                database ? Optional.of(dump(reading)) : Optional.empty(),
                inspection.entries(),
                inspection.bytes());
    }

    /** Without what of it goes elsewhere. */
    private Piece piece(Candidate candidate, List<Candidate> chosen) {
        List<Candidate> within = chosen.stream()
                .filter(other -> other.path.startsWith(candidate.path + "/"))
                .toList();
        return new Piece(
                candidate.directory.target(),
                inner,
                candidate.prefix(),
                within.stream().map(Candidate::prefix).toList(),
                candidate.entries
                        - within.stream().mapToLong(each -> each.entries).sum(),
                candidate.bytes - within.stream().mapToLong(each -> each.bytes).sum(),
                List.of(),
                "");
    }

    private static Optional<Candidate> only(Reading reading, ImportRules.Directory directory) {
        List<Candidate> all = reading.candidates.stream()
                .filter(each -> each.directory.equals(directory))
                .toList();
        if (all.size() > 1) {
            throw ambiguous(
                    directory.target(), all.stream().map(Candidate::prefix).toList());
        }
        return all.stream().findFirst();
    }

    private Dump dump(Reading reading) {
        if (reading.dumps.size() != 1) {
            if (reading.dumps.isEmpty()) {
                throw new UnsafeArchiveException("the archive has no dump of a database where its format "
                        + reading.rules.format() + " has one, and the site needs one; nothing was unpacked");
            }
            throw ambiguous(
                    "database",
                    reading.dumps.stream().map(each -> each.entry().name()).toList());
        }
        Entry entry = reading.dumps.get(0).entry();
        return new Dump(inner, entry.name(), entry.bytes());
    }

    private static UnsafeArchiveException ambiguous(String what, List<String> names) {
        return new UnsafeArchiveException("the archive has more than one thing that could be the " + what + ": "
                + names.stream().limit(MOST_SHOWN).map(Inspection::shown).toList()
                + ". Nothing was unpacked. Make an archive of one site only.");
    }
}
