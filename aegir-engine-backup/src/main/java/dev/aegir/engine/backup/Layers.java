// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.Backup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The archives that the files of one part come from: those of earlier backups, the oldest first, and the backup's own. Which file
 * comes from which says the part's tree. The part {@code files} of a backup that has three of them has {@code files.0} and
 * {@code files.1} of earlier backups, by which it is called there no more.
 *
 * @param earlier the archives and checksums of earlier backups; two of each
 * @param facts what was noted about these
 */
record Layers(List<Backup.Part> earlier, Map<String, String> facts) {
    /** A part's third file: what files there are, and which archive has the contents of each. */
    static final String TREE = ".tree";

    /** The fact that says to whom a part is encrypted. */
    static final String RECIPIENTS = ".recipients";

    /** The fact that says how the server of the site calls what it has noted of an encrypted tree. */
    static final String SEEN = ".seen";

    /** The fact that says below which directories everything in an archive is, when nothing of it is to be left out. */
    private static final String WITHIN = ".within";

    private static final List<String> FACTS = List.of(".entries", ".bytes", ".changed-meanwhile", RECIPIENTS, WITHIN);

    /** A backup that needs no other. */
    static final Layers NONE = new Layers(List.of(), Map.of());

    Layers {
        earlier = List.copyOf(earlier);
        facts = Map.copyOf(facts);
    }

    /** How many there are before the backup's own. */
    int number() {
        return earlier.size() / 2;
    }

    /** The archive of a layer. */
    Backup.Part archive(int layer) {
        return earlier.get(2 * layer);
    }

    /** A number that was noted about a layer. */
    long noted(int layer, String fact) {
        String name = archive(layer).name() + fact;
        return Archive.noted(facts, name);
    }

    /** Notes of an archive that was looked at when it was stored that all of it may be unpacked where these directories are. */
    static void within(String part, List<String> paths, Map<String, String> facts) {
        facts.put(part + WITHIN, joined(paths));
    }

    /**
     * Whether that was noted of a part and of all that it adds to: then what has the same checksums need not be looked at again. It
     * is decrypted only to be unpacked, and who has the wrong key shall know it before.
     */
    static boolean within(Backup.Contents contents, String part, List<String> paths) {
        Layers layers = of(contents, part);
        return contents.parts().stream().noneMatch(Opening::encrypted)
                && Stream.concat(
                                Stream.of(part),
                                IntStream.range(0, layers.number())
                                        .mapToObj(layers::archive)
                                        .map(Backup.Part::name))
                        .allMatch(each -> joined(paths).equals(contents.facts().get(each + WITHIN)));
    }

    private static String joined(List<String> paths) {
        return String.join("\n", paths);
    }

    /** Those of a complete backup before its own. */
    static Layers of(Backup.Contents contents, String part) {
        List<Backup.Part> all = new ArrayList<>();
        Map<String, String> facts = new TreeMap<>();
        for (int i = 0; contents.part(part + "." + i).isPresent(); i++) {
            String layer = part + "." + i;
            all.add(Archive.part(contents, layer, "of several"));
            all.add(Archive.part(contents, layer + Archive.SUMS, "of several"));
            for (String fact : FACTS) {
                copy(contents.facts(), layer + fact, layer + fact, facts);
            }
        }
        return new Layers(all, facts);
    }

    /** What a new backup adds to, if the one before it can be added to. */
    static Optional<Layers> on(Backup base, String part) {
        return base.contents()
                .filter(contents -> contents.part(part + TREE).isPresent()
                        && contents.part(part + Archive.SUMS).isPresent())
                .map(contents -> {
                    Layers before = of(contents, part);
                    String layer = part + "." + before.number();
                    List<Backup.Part> all = new ArrayList<>(before.earlier);
                    all.add(moved(base, Archive.part(contents, part, base.id()), layer));
                    all.add(moved(base, Archive.part(contents, part + Archive.SUMS, base.id()), layer + Archive.SUMS));
                    Map<String, String> facts = new TreeMap<>(before.facts);
                    for (String fact : FACTS) {
                        copy(contents.facts(), part + fact, layer + fact, facts);
                    }
                    return new Layers(all, facts);
                });
    }

    private static void copy(Map<String, String> from, String fact, String name, Map<String, String> to) {
        Optional.ofNullable(from.get(fact)).ifPresent(value -> to.put(name, value));
    }

    private static Backup.Part moved(Backup base, Backup.Part part, String name) {
        return new Backup.Part(name, base.id() + "/" + Archive.file(part), part.bytes(), part.sha256());
    }
}
