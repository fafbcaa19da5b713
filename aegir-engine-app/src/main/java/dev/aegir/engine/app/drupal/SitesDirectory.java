// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;

/** What has to lie in Drupal's directory {@code sites}, below code that is never changed otherwise. */
final class SitesDirectory {
    private static final String PROGRAM = Resource.shell("sites of a Drupal", "sites.sh");

    private SitesDirectory() {}

    /** Leads each site to its own settings, whatever name it was called by: the environment says which site this is. */
    static String dispatcher(Id codebase) {
        return "<?php\n// Aegir codebase " + codebase + ". Written by Aegir: what is changed here is lost.\n"
                + "$aegir_site = getenv('AEGIR_SITE');\n"
                + "if (is_string($aegir_site) && preg_match('/^[0-9A-Z]{26}$/D', $aegir_site)) {\n"
                + "  $aegir_host = implode('.', array_reverse(explode(':', rtrim($http_host, '.'))));\n"
                + "  $sites[$aegir_host . implode('.', array_slice(explode('/', $script_name), 0, -1))] = $aegir_site;\n"
                + "}\n";
    }

    private static CommandResult run(StepContext context, Name server, Command command) throws InterruptedException {
        CommandResult result = context.host(server).run(command);
        if (result.exit() == 64) {
            throw new RefusedException(
                    server + ": " + result.stderr().strip()
                            + " is there and was not made by Aegir. Nothing was changed. Take it out of the code, or move it away.");
        } else if (result.exit() == 66) {
            throw new RefusedException(server + ": the code is no Drupal: "
                    + result.stderr().strip() + ". Look at the codebase's source and web root.");
        }
        return result.orThrow();
    }

    private static Command command(HostPath root, String what, String action, Id id) {
        return Command.of("sh", "-c", PROGRAM, "aegir-drupal")
                .environment("root", root.value())
                .environment("what", what)
                .environment("action", action)
                .environment("id", id.value());
    }

    /**
     * The file is there that leads each site to its own settings. It is the same for all of them and stays when a step is
     * taken back: another site may need it by then.
     *
     * @param name the step's name
     * @param server the server's name
     * @param codebase the codebase's id
     * @param root the directory that is served
     */
    record Dispatch(String name, Name server, Id codebase, HostPath root) implements Step {
        @Override
        public List<Change> preview(StepContext context) throws InterruptedException {
            CommandResult result = context.host(server).run(dispatching(context, "look"));
            // The code may only be brought by a step before this one.
            return result.succeeded() && result.stdout().isEmpty()
                    ? List.of()
                    : List.of(new Change(
                            Change.Kind.CREATE,
                            server.value(),
                            root.resolve("sites/sites.php").value(),
                            dispatcher(codebase)));
        }

        private Command dispatching(StepContext context, String action) {
            return command(root, "dispatcher", action, codebase)
                    .environment("text", dispatcher(codebase))
                    .environment("key", context.key());
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            CommandResult result = SitesDirectory.run(context, server, dispatching(context, "make"));
            if (result.stdout().contains("written")) {
                context.log("sites/sites.php leads each site to its own settings");
            }
        }
    }

    /**
     * A site's settings are found below the code, by a link to the site's own directory.
     *
     * @param name the step's name
     * @param server the server's name
     * @param site the site's id
     * @param root the directory that is served
     * @param home the site's own directory
     */
    record Link(String name, Name server, Id site, HostPath root, HostPath home) implements Step {
        @Override
        public List<Change> preview(StepContext context) throws InterruptedException {
            CommandResult result = context.host(server).run(linking("look"));
            // What is missing entirely is made by steps before this one.
            return result.succeeded() && result.stdout().isEmpty()
                    ? List.of()
                    : List.of(new Change(
                            Change.Kind.CREATE,
                            server.value(),
                            root.resolve("sites").child(site.value()).value(),
                            "a link to " + DrupalSettings.directory(home) + "\n"));
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            boolean absent = SitesDirectory.run(context, server, linking("look"))
                    .stdout()
                    .contains("change");
            if (absent) {
                context.remember(fact(), true);
                SitesDirectory.run(context, server, linking("make"));
            }
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            if (context.recall(fact(), Boolean.class).isPresent()) {
                SitesDirectory.run(context, server, linking("remove"));
            }
        }

        private Command linking(String action) {
            return command(root, "site", action, site).environment("home", home.value());
        }

        private String fact() {
            return "drupal." + site + ".linked";
        }
    }

    /**
     * The link to a site's own directory is gone.
     *
     * @param name the step's name
     * @param server the server's name
     * @param site the site's id
     * @param root the directory that is served
     * @param home the site's own directory
     */
    record Unlink(String name, Name server, Id site, HostPath root, HostPath home) implements Step {
        @Override
        public List<Change> preview(StepContext context) {
            return List.of(new Change(
                    Change.Kind.DELETE,
                    server.value(),
                    root.resolve("sites").child(site.value()).value(),
                    ""));
        }

        @Override
        public void run(StepContext context) throws InterruptedException {
            CommandResult there = context.host(server).run(Command.of("test", "-d", root.value()));
            if (there.succeeded()) {
                SitesDirectory.run(
                        context, server, command(root, "site", "remove", site).environment("home", home.value()));
            }
        }

        @Override
        public void undo(StepContext context) throws InterruptedException {
            SitesDirectory.run(
                    context, server, command(root, "site", "make", site).environment("home", home.value()));
        }
    }
}
