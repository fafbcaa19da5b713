// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.model.Name;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Settings;
import dev.aegir.model.Site;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Where a site was before it was migrated, kept in its settings until that is retired. */
final class Former {
    private static final String PREFIX = "former.";
    private static final String CODEBASE = PREFIX + "codebase";
    private static final String SERVICE = PREFIX + "service.";
    private static final String SETTING = PREFIX + "setting.";
    private static final String RETIRING = PREFIX + "retiring";
    private static final String SINCE = PREFIX + "since";
    private static final String NAME = PREFIX + "name";
    private static final List<String> CHOSEN = List.of("db.name", "db.user");

    private Former() {}

    /** A site that knows where it was. */
    static Site known(Site site, Site former) {
        Map<String, String> settings = new TreeMap<>(site.settings().values());
        settings.put(CODEBASE, former.codebase().value());
        settings.put(NAME, former.name().value());
        former.services().forEach((kind, service) -> settings.put(SERVICE + kind, service.toString()));
        for (String name : CHOSEN) {
            former.settings().text(name).ifPresent(value -> settings.put(SETTING + name, value));
        }
        return with(site, settings);
    }

    /** What it was, if that is not retired. */
    static Optional<Site> of(Site site) {
        Map<String, String> known = site.settings().values();
        if (!known.containsKey(CODEBASE)) {
            return Optional.empty();
        }
        Map<Name, ServiceRef> services = new TreeMap<>();
        Map<String, String> settings = new TreeMap<>(forgotten(site).settings().values());
        settings.remove("db.name");
        settings.remove("db.user");
        known.forEach((name, value) -> {
            if (name.startsWith(SERVICE)) {
                services.put(Name.of(name.substring(SERVICE.length())), ServiceRef.of(value));
            } else if (name.startsWith(SETTING)) {
                settings.put(name.substring(SETTING.length()), value);
            }
        });
        return Optional.of(with(changed(site, Name.of(known.get(CODEBASE)), services), settings));
    }

    /** A site that still knows, and what tasks have chosen for its database, whoever describes it anew. */
    static Site kept(Site site, Site present) {
        Map<String, String> settings = new TreeMap<>(forgotten(site).settings().values());
        present.settings().values().forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                settings.put(name, value);
            } else if (CHOSEN.contains(name)) {
                settings.putIfAbsent(name, value);
            }
        });
        return with(site, settings);
    }

    /** A site that knows since when it is where it is. */
    static Site since(Site site, Instant when) {
        return site.with(SINCE, when.toString());
    }

    /** Since when it is where it is, if it knows. */
    static Optional<Instant> since(Site site) {
        return site.settings().text(SINCE).map(Instant::parse);
    }

    /** A site that is about to lose it. */
    static Site retiring(Site site) {
        return site.with(RETIRING, "yes");
    }

    static boolean isRetiring(Site site) {
        return site.settings().text(RETIRING).isPresent();
    }

    /** Whether what it was has the name that it has now. */
    static boolean isCalled(Site site) {
        return site.settings().text(NAME).filter(site.name().value()::equals).isPresent();
    }

    /** A site that does not know. */
    static Site forgotten(Site site) {
        Map<String, String> settings = new TreeMap<>(site.settings().values());
        settings.keySet().removeIf(name -> name.startsWith(PREFIX));
        return with(site, settings);
    }

    /** A site with another codebase and other services. */
    static Site changed(Site site, Name codebase, Map<Name, ServiceRef> services) {
        return new Site(
                site.id(),
                site.name(),
                codebase,
                services,
                site.environment(),
                site.state(),
                site.aliases(),
                site.redirectedNames(),
                site.redirects(),
                site.www(),
                site.settings());
    }

    /** A site with other settings. */
    static Site with(Site site, Map<String, String> settings) {
        return new Site(
                site.id(),
                site.name(),
                site.codebase(),
                site.services(),
                site.environment(),
                site.state(),
                site.aliases(),
                site.redirectedNames(),
                site.redirects(),
                site.www(),
                Settings.of(settings));
    }
}
