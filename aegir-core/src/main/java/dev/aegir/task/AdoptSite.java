// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RunningSite;
import dev.aegir.model.ServiceRef;
import dev.aegir.model.Site;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Takes over a site that somebody has set up by hand and that runs on a server: what it writes and its database become a new site
 * beside it, with an account, a database and passwords of its own, on the code of a codebase. Nothing of the running site's code or
 * settings is taken or run, and nothing of it is changed; it stays where it is, and the results say what there is to remove by hand.
 *
 * <p>The codebase must have every package that lies in the running site's code, in no older version, but for those that may be left
 * behind. What the site has switched on it must have in any case.
 *
 * <p>It is the site itself and no copy of it: nothing in it is sanitised, whatever its environment is. Clone it once it is taken over to
 * have one for a lower environment. It answers over HTTP before it is published, as {@link MigrateSite} says, or is taken back.
 *
 * <p>Unless there is a bound for the time that it may be closed, the running site stays open meanwhile, and what is written to it
 * after it was copied stays there.
 *
 * @param running the site as it runs
 * @param site the new site, with an id of its own; often with the name that the running one has
 * @param former the name that it had, when that is another
 * @param leaving packages that the codebase need not have unless they are switched on
 * @param closedAtMost how long the name may be answered by a page that says the site will be back; absent for not at all
 * @param mostEntries how many files, directories and links it may have written
 * @param mostBytes how many bytes these may come to
 */
public record AdoptSite(
        RunningSite running,
        Site site,
        Optional<DomainName> former,
        List<String> leaving,
        Optional<Duration> closedAtMost,
        long mostEntries,
        long mostBytes)
        implements Task {
    /** Validates and copies. */
    public AdoptSite {
        leaving = List.copyOf(leaving);
        FreezeExceededException.requireBound(closedAtMost);
        if (mostEntries < 1 || mostBytes < 1) {
            throw new InvalidValueException(
                    "limits", mostEntries + " entries, " + mostBytes + " bytes", "both are 1 or more");
        }
    }

    /**
     * A site without a database whose code runs as {@code www-data}, which has written at most half a million entries and 100 GiB.
     *
     * @param server the server it runs on
     * @param root its document root
     * @param site the new site
     * @return the task
     */
    public static AdoptSite of(String server, String root, Site site) {
        RunningSite running = new RunningSite(Name.of(server), HostPath.of(root), "www-data", Optional.empty());
        return new AdoptSite(running, site, Optional.empty(), List.of(), Optional.empty(), 500_000, 100L << 30);
    }

    /**
     * With the database that the running site has.
     *
     * @param service the service of its server, such as {@code web1/db}
     * @param name its name
     * @return a copy
     */
    public AdoptSite database(String service, String name) {
        return with(new RunningSite(
                running.server(),
                running.root(),
                running.account(),
                Optional.of(new RunningSite.Store(ServiceRef.of(service), name))));
    }

    /**
     * With another account.
     *
     * @param account the account that its code runs as
     * @return a copy
     */
    public AdoptSite account(String account) {
        return with(new RunningSite(running.server(), running.root(), account, running.database()));
    }

    private AdoptSite with(RunningSite other) {
        return new AdoptSite(other, site, former, leaving, closedAtMost, mostEntries, mostBytes);
    }

    /**
     * With the name that the running site has.
     *
     * @param name the name
     * @return a copy
     */
    public AdoptSite formerly(String name) {
        return new AdoptSite(
                running, site, Optional.of(DomainName.of(name)), leaving, closedAtMost, mostEntries, mostBytes);
    }

    /**
     * With packages that lie in its code and are of no use to it.
     *
     * @param packages their names in code, such as {@code hello}
     * @return a copy
     */
    public AdoptSite leaving(String... packages) {
        return new AdoptSite(running, site, former, List.of(packages), closedAtMost, mostEntries, mostBytes);
    }

    /**
     * Closed while it is taken over, so that nothing is written to it that stays behind: our web server answers for its name
     * meanwhile. Only where the new site is served by the server that the running one is on.
     *
     * @param bound at most so long; more than nothing
     * @return a copy
     */
    public AdoptSite closedAtMost(Duration bound) {
        return new AdoptSite(running, site, former, leaving, Optional.of(bound), mostEntries, mostBytes);
    }

    /**
     * With other limits.
     *
     * @param entries how many files, directories and links
     * @param bytes how many bytes
     * @return a copy
     */
    public AdoptSite atMost(long entries, long bytes) {
        return new AdoptSite(running, site, former, leaving, closedAtMost, entries, bytes);
    }

    @Override
    public String title() {
        return "take over " + running + " as site " + site.name();
    }
}
