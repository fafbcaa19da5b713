// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Pool;
import dev.aegir.model.RefusedException;
import dev.aegir.model.RunningSite;
import dev.aegir.model.ServiceKind;
import dev.aegir.model.Site;
import dev.aegir.model.VirtualHost;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the code of a codebase is, and what it needs to be served. It plans and never acts. Stateless; used by many threads.
 *
 * <p>Its code runs only through the request's {@linkplain ApplicationRequest#workbench workbench}, as the site's account, and
 * what it prints never chooses a target.
 */
public interface Application extends StepSource {
    /**
     * Its name, as codebases say it.
     *
     * @return the name, such as {@code static}
     */
    String name();

    /**
     * The kinds of service that a site of it must be bound to, beside a web service.
     *
     * @param site the site
     * @return some of {@link ServiceKind#RUNTIME} and {@link ServiceKind#DB}
     */
    default Set<ServiceKind<?>> needs(Site site) {
        return Set.of();
    }

    /**
     * The code that was just brought to a server, or was there already, is of this application, and what belongs beside it is
     * there. Stops the plan when it is something else.
     *
     * @param request the code and where it lies
     * @return the steps, one after the other
     */
    default List<Step> deployed(CodeRequest request) {
        return List.of();
    }

    /**
     * What {@link #deployed} put beside the code is gone, before the code is.
     *
     * @param request the code and where it lies
     * @return the steps, one after the other
     */
    default List<Step> withdrawn(CodeRequest request) {
        return List.of();
    }

    /**
     * What answers the requests of a site.
     *
     * @param request the site, its code, and where it runs
     * @return the handler
     */
    VirtualHost.Handler handler(ApplicationRequest request);

    /**
     * Paths whose files lie in the site's own directory: what people upload.
     *
     * @param request the site, its code, and where it runs
     * @return the mounts; their directories must be {@link #writable}
     */
    default List<VirtualHost.Mount> mounts(ApplicationRequest request) {
        return List.of();
    }

    /**
     * The directories, below the site's own, that its code writes.
     *
     * @param site the site
     * @return relative paths, such as {@code files}
     */
    default List<String> writable(Site site) {
        return List.of();
    }

    /**
     * Which of the directories that its code writes may come from elsewhere: none that have code which it runs.
     *
     * @param site the site
     * @return some of {@link #writable}
     */
    default List<String> importable(Site site) {
        return writable(site);
    }

    /**
     * Variables that the site's code finds in its environment.
     *
     * @param request the site, its code, and where it runs, without runtime and database
     * @param home the site's own directory
     * @return the variables by name; no secrets
     */
    default Map<String, String> environment(ApplicationRequest request, HostPath home) {
        return Map.of();
    }

    /**
     * What an enabled site has run regularly.
     *
     * @param request the site, its code, and where it runs
     * @return the command, if there is one
     */
    default Optional<Pool.Cron> cron(ApplicationRequest request) {
        return Optional.empty();
    }

    /**
     * Looks at what a codebase has in it, without running any of its code, and {@linkplain
     * dev.aegir.task.Inventory#save(dev.aegir.model.Packages) saves} that in the inventory.
     *
     * @param request the codebase, and where it lies
     * @return the steps, one after the other
     */
    default List<Step> scan(CodeRequest request) {
        throw unable("packages");
    }

    /**
     * The site's settings are exactly so, for its name, its directories and its database.
     *
     * @param request the site, its code, and where it runs
     * @return the steps, one after the other
     */
    default List<Step> configure(ApplicationRequest request) {
        return List.of();
    }

    /**
     * Installs the application into its empty database, before the site can be reached. The site's settings say what it is
     * called and who administers it; passwords are random and told to nobody.
     *
     * @param request the site, its code, and where it runs
     * @return the steps, one after the other
     */
    default List<Step> install(ApplicationRequest request) {
        return List.of();
    }

    /**
     * The site's settings are gone where they lie outside its own directory.
     *
     * @param request the site, its code, and where it runs
     * @return the steps, one after the other
     */
    default List<Step> remove(ApplicationRequest request) {
        return List.of();
    }

    /**
     * Stops the plan when the application does not work: it does not start, or does not find its database.
     *
     * @param request the site, its code, and where it runs
     * @return the steps, one after the other; they tell what they found as results
     */
    default List<Step> verify(ApplicationRequest request) {
        return List.of();
    }

    /**
     * Looks at what a site has, what of it is switched on and which states its database is in, and {@linkplain
     * dev.aegir.task.Inventory#save(dev.aegir.model.Packages) saves} that in the inventory under the site's id.
     *
     * @param request the site, its code, and where it runs
     * @return the steps, one after the other; none when the application has no packages
     */
    default List<Step> packages(ApplicationRequest request) {
        return List.of();
    }

    /**
     * Brings the database to what the code expects.
     *
     * @param request the site, its code, and where it runs
     * @return the steps, one after the other
     */
    default List<Step> update(ApplicationRequest request) {
        throw unable("database updates");
    }

    /**
     * Makes a link that logs somebody in, once, and tells it as the result {@code login.link}.
     *
     * @param request the site, its code, and where it runs
     * @param user the account in the application; absent for its first administrator
     * @return the steps, one after the other
     */
    default List<Step> loginLink(ApplicationRequest request, Optional<String> user) {
        throw unable("login links");
    }

    /**
     * Gives somebody a new random password, and ends their sessions. It is kept as a secret, whose name is the result
     * {@code password.secret}.
     *
     * @param request the site, its code, and where it runs
     * @param user the account in the application; absent for its first administrator
     * @return the steps, one after the other
     */
    default List<Step> resetPassword(ApplicationRequest request, Optional<String> user) {
        throw unable("passwords");
    }

    /**
     * Empties the application's caches.
     *
     * @param request the site, its code, and where it runs
     * @return the steps, one after the other
     */
    default List<Step> clearCaches(ApplicationRequest request) {
        throw unable("caches");
    }

    /**
     * The application's own maintenance mode is on or off; its web server answers in its stead meanwhile.
     *
     * @param request the site, its code, and where it runs
     * @param on which
     * @return the steps, one after the other
     */
    default List<Step> maintenance(ApplicationRequest request, boolean on) {
        return List.of();
    }

    /**
     * What the application has stored of its former name becomes the site's present one. The site's database is a copy that nobody uses
     * yet and that goes when the steps are taken back; so they need not take back what they change in it.
     *
     * @param request the site under its new name
     * @param former the name it had
     * @return the steps, one after the other
     */
    default List<Step> rename(ApplicationRequest request, DomainName former) {
        return List.of();
    }

    /**
     * A database that came from elsewhere was just loaded, and nothing of it was looked at yet: it becomes one that the application
     * can read as its settings are here.
     *
     * @param request the site, which nobody can reach yet
     * @return the steps, one after the other
     */
    default List<Step> loaded(ApplicationRequest request) {
        return List.of();
    }

    /**
     * A site whose files and database came from elsewhere becomes one of this place: what the application keeps of where it was
     * is gone. Its settings are ours already.
     *
     * @param request the site, which nobody can reach yet
     * @return the steps, one after the other
     */
    default List<Step> imported(ApplicationRequest request) {
        return List.of();
    }

    /**
     * Looks at a running site that somebody has set up by hand: stops the plan when it is not of this application, or not as it was
     * said to be, and {@linkplain dev.aegir.task.Inventory#save(dev.aegir.model.Packages) saves} what its code has under the id of
     * the site that it shall become. It only reads, as the running site's account, and runs none of its code.
     *
     * @param running the running site
     * @param site the site that it shall become
     * @return the steps, one after the other; taken back, nothing is saved
     */
    default List<Step> lookAt(RunningSite running, Site site) {
        throw unable("way to take over sites that run already");
    }

    /**
     * Where running sites that people have set up by hand have what they write.
     *
     * @param site the site that such a one shall become
     * @return for directories of {@link #importable}, the directory below the document root
     */
    default Map<String, String> brought(Site site) {
        return Map.of();
    }

    /**
     * A copy of a production site becomes one to work on: nothing in it can be used to get into the original, and nothing of
     * it reaches a person. No address of one is left in its database, but for those that the site's setting {@code
     * sanitise.keep} allows, no row of a table that {@code sanitise.empty} names, nothing that is set by a name in {@code
     * sanitise.forget}, and nobody can pay; that is proved by looking. {@link #configure} sees to it that it sends no mail when
     * the site's setting {@code mail} is {@code off}.
     *
     * @param request the copy, which nobody can reach yet
     * @return the steps, one after the other
     */
    default List<Step> sanitise(ApplicationRequest request) {
        throw unable("rules for copies of production sites");
    }

    private RefusedException unable(String what) {
        return new RefusedException("The application " + name() + " has no " + what + ".");
    }
}
