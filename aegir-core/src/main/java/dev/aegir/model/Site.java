// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A site: a name under which people find it, the code it runs, the services it is bound to.
 *
 * @param id its identity
 * @param name its main domain name
 * @param codebase the code it runs
 * @param services the services it is bound to, by kind
 * @param environment what it is for
 * @param state whether it is served
 * @param aliases more names under which it is served just so
 * @param redirectedNames names that lead to the main name
 * @param redirects paths that lead elsewhere
 * @param www what happens to the {@code www.} twin of the main name
 * @param settings what its application and services want to know of it, such as {@code title} or {@code admin.mail}
 */
public record Site(
        Id id,
        DomainName name,
        Name codebase,
        Map<Name, ServiceRef> services,
        Environment environment,
        SiteState state,
        List<DomainName> aliases,
        List<DomainName> redirectedNames,
        List<Redirect> redirects,
        WwwPolicy www,
        Settings settings) {
    /** Validates and copies. */
    public Site {
        services = Collections.unmodifiableMap(new TreeMap<>(services));
        aliases = List.copyOf(aliases);
        redirectedNames = List.copyOf(redirectedNames);
        redirects = List.copyOf(redirects);
        Set<DomainName> seen = new LinkedHashSet<>();
        seen.add(name);
        for (DomainName other :
                Stream.concat(aliases.stream(), redirectedNames.stream()).toList()) {
            if (!seen.add(other)) {
                throw new InvalidValueException("alias", other.value(), "site " + name + " has this name twice");
            }
        }
        if (www == WwwPolicy.REDIRECT) {
            name.wwwTwin(); // Refuses a name whose twin would be none, such as www.example.
        }
        Set<String> paths = new LinkedHashSet<>();
        for (Redirect redirect : redirects) {
            if (!paths.add(redirect.path())) {
                throw new InvalidValueException(
                        "redirect", redirect.path(), "site " + name + " has two redirects of this path");
            }
        }
    }

    /**
     * A new enabled production site.
     *
     * @param name its domain name
     * @param codebase the name of the codebase it runs
     * @return the site, with a new id, bound to no service yet
     */
    public static Site of(String name, String codebase) {
        return new Site(
                Id.next(),
                DomainName.of(name),
                Name.of(codebase),
                Map.of(),
                Environment.PRODUCTION,
                SiteState.ENABLED,
                List.of(),
                List.of(),
                List.of(),
                WwwPolicy.IGNORE,
                Settings.none());
    }

    /**
     * This site bound to a service.
     *
     * @param kind the service's kind
     * @param service the service, such as {@code web1/http}
     * @return a copy
     */
    public Site bind(ServiceKind<?> kind, String service) {
        Map<Name, ServiceRef> copy = new TreeMap<>(services);
        copy.put(kind.name(), ServiceRef.of(service));
        return new Site(
                id, name, codebase, copy, environment, state, aliases, redirectedNames, redirects, www, settings);
    }

    /**
     * This site bound to a web service.
     *
     * @param service the service, such as {@code web1/http}
     * @return a copy
     */
    public Site http(String service) {
        return bind(ServiceKind.HTTP, service);
    }

    /**
     * This site bound to a service that runs its application's code.
     *
     * @param service the service, such as {@code web1/php}
     * @return a copy
     */
    public Site runtime(String service) {
        return bind(ServiceKind.RUNTIME, service);
    }

    /**
     * This site bound to a database service.
     *
     * @param service the service, such as {@code db1/mariadb}
     * @return a copy
     */
    public Site database(String service) {
        return bind(ServiceKind.DB, service);
    }

    /**
     * This site bound to a backup service, which keeps a copy of it before anything that cannot be taken back.
     *
     * @param service the service, such as {@code backup1/backup}
     * @return a copy
     */
    public Site backup(String service) {
        return bind(ServiceKind.BACKUP, service);
    }

    /**
     * This site on other code.
     *
     * @param other the name of the codebase
     * @return a copy
     */
    public Site codebase(String other) {
        return new Site(
                id,
                name,
                Name.of(other),
                services,
                environment,
                state,
                aliases,
                redirectedNames,
                redirects,
                www,
                settings);
    }

    /**
     * This site with a setting, in place of one of the same name.
     *
     * @param setting its name, such as {@code title}
     * @param value its value; no secret
     * @return a copy
     */
    public Site with(String setting, String value) {
        return new Site(
                id,
                name,
                codebase,
                services,
                environment,
                state,
                aliases,
                redirectedNames,
                redirects,
                www,
                settings.with(setting, value));
    }

    /**
     * This site for another purpose.
     *
     * @param other the environment
     * @return a copy
     */
    public Site environment(Environment other) {
        return new Site(id, name, codebase, services, other, state, aliases, redirectedNames, redirects, www, settings);
    }

    /**
     * This site in another state.
     *
     * @param other the state
     * @return a copy
     */
    public Site state(SiteState other) {
        return new Site(
                id, name, codebase, services, environment, other, aliases, redirectedNames, redirects, www, settings);
    }

    /**
     * This site with other aliases.
     *
     * @param names all the aliases it shall have
     * @return a copy
     */
    public Site aliases(String... names) {
        return new Site(
                id,
                name,
                codebase,
                services,
                environment,
                state,
                names(names),
                redirectedNames,
                redirects,
                www,
                settings);
    }

    /**
     * This site with other names that lead to it.
     *
     * @param names all the redirected names it shall have
     * @return a copy
     */
    public Site redirectedNames(String... names) {
        return new Site(
                id, name, codebase, services, environment, state, aliases, names(names), redirects, www, settings);
    }

    /**
     * This site with one more redirect.
     *
     * @param path the exact path
     * @param target where it leads
     * @return a copy
     */
    public Site redirect(String path, String target) {
        List<Redirect> copy = new ArrayList<>(redirects);
        copy.add(Redirect.of(path, target));
        return new Site(
                id, name, codebase, services, environment, state, aliases, redirectedNames, copy, www, settings);
    }

    /**
     * This site with another policy for its {@code www.} twin.
     *
     * @param policy the policy
     * @return a copy
     */
    public Site www(WwwPolicy policy) {
        return new Site(
                id,
                name,
                codebase,
                services,
                environment,
                state,
                aliases,
                redirectedNames,
                redirects,
                policy,
                settings);
    }

    /**
     * This site under another main name.
     *
     * @param other the domain name
     * @return a copy
     */
    public Site named(String other) {
        return new Site(
                id,
                DomainName.of(other),
                codebase,
                services,
                environment,
                state,
                aliases,
                redirectedNames,
                redirects,
                www,
                settings);
    }

    /**
     * This site with another identity, for a site that exists already.
     *
     * @param known the id to keep
     * @return a copy
     */
    public Site identified(Id known) {
        return new Site(
                known,
                name,
                codebase,
                services,
                environment,
                state,
                aliases,
                redirectedNames,
                redirects,
                www,
                settings);
    }

    /**
     * The service of a kind that this site is bound to.
     *
     * @param kind the kind
     * @return the service, if the site is bound to one
     */
    public Optional<ServiceRef> service(ServiceKind<?> kind) {
        return Optional.ofNullable(services.get(kind.name()));
    }

    /**
     * Every name that leads to this site, its own first; no other site may have any of them.
     *
     * @return the names, without duplicates
     */
    public List<DomainName> allNames() {
        return Stream.concat(Stream.of(name), Stream.concat(aliases.stream(), allRedirectedNames().stream()))
                .toList();
    }

    /**
     * The redirected names, with the {@code www.} twin where the policy wants it.
     *
     * @return the names, without duplicates and without those the site is served under
     */
    public List<DomainName> allRedirectedNames() {
        Set<DomainName> all = new LinkedHashSet<>(redirectedNames);
        if (www == WwwPolicy.REDIRECT && !aliases.contains(name.wwwTwin())) {
            all.add(name.wwwTwin());
        }
        return List.copyOf(all);
    }

    private static List<DomainName> names(String... names) {
        return Stream.of(names).map(DomainName::of).toList();
    }
}
