// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.scan;

import dev.aegir.model.DomainName;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.Packages;
import dev.aegir.model.VersionScheme;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a site's own code says it has, as packages in the inventory. It is data about this site and nothing else: whatever it
 * says, it is cut to a decent length.
 *
 * @param name the site's name
 * @param site its id
 * @param codebase its codebase's name
 * @param scheme how versions are ordered there
 */
public record SitePackages(DomainName name, Id site, Name codebase, VersionScheme scheme) {
    private static final String FACT = "packages";
    private static final int MOST = 5000;
    private static final int LONGEST = 200;

    /** Makes it. */
    public SitePackages {}

    /** One package, as the site's code says it. */
    private record Listed(
            Optional<String> type,
            Optional<String> name,
            Optional<String> version,
            Optional<String> title,
            Optional<Integer> schema,
            Optional<Boolean> enabled) {}

    /** What was known before; a fact. */
    private record Before(Optional<Packages> packages) {}

    /**
     * Keeps what the site says in the inventory; what it does not know of a package, its codebase may.
     *
     * @param context where to keep it
     * @param facts the site's answer, of which {@code packages} is the list as JSON
     * @throws IllegalArgumentException when that is no answer
     */
    public void keep(StepContext context, Map<String, String> facts) {
        Optional<Packages> code = context.inventory().packages(codebase);
        Listed[] listed = StoredForm.read(facts.getOrDefault(FACT, ""), Listed[].class);
        List<Packages.Entry> entries = Stream.of(listed)
                .limit(MOST)
                .filter(each ->
                        each != null && each.type().isPresent() && each.name().isPresent())
                .map(each -> entry(each, code))
                .toList();
        if (context.recall(fact(), Before.class).isEmpty()) {
            context.remember(fact(), new Before(context.inventory().sitePackages(name)));
        }
        context.inventory().save(new Packages(site, context.now(), entries, List.of()));
        long on =
                entries.stream().filter(entry -> entry.enabled().orElse(false)).count();
        context.results(Map.of(FACT, Integer.toString(entries.size()), FACT + ".on", Long.toString(on)));
    }

    private Packages.Entry entry(Listed said, Optional<Packages> code) {
        String type = cut(said.type());
        String called = cut(said.name());
        Packages.Entry known = code.flatMap(packages -> packages.find(type, called))
                .orElseGet(() -> Packages.Entry.of(type, called, "", scheme));
        String version = cut(said.version());
        String title = cut(said.title());
        return new Packages.Entry(
                type,
                called,
                version.isEmpty() ? known.version() : version,
                scheme,
                title.isEmpty() ? known.title() : title,
                known.origin(),
                said.schema(),
                known.oldest(),
                known.dependencies(),
                said.enabled());
    }

    private static String cut(Optional<String> text) {
        String plain = text.orElse("").replaceAll("[\\p{Cc}\\p{Cf}]", " ").strip();
        return plain.substring(0, Math.min(LONGEST, plain.length()));
    }

    /**
     * What was known before is known again.
     *
     * @param context where it was kept
     */
    public void restore(StepContext context) {
        context.recall(fact(), Before.class)
                .ifPresent(before -> before.packages()
                        .ifPresentOrElse(
                                context.inventory()::save,
                                () -> context.inventory().removePackages(site)));
    }

    private String fact() {
        return "site." + site + ".packages";
    }
}
