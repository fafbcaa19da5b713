// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.model.DomainName;
import dev.aegir.model.RunningSite;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Tells which configuration of a server speaks of a running site, for whoever removes that by hand once the site is ours. Changes
 * nothing.
 *
 * @param running the running site
 * @param former the name it has
 */
public record FindFormer(RunningSite running, DomainName former) implements Step {
    private static final int MOST = 50;

    /** Where Debian and its kin have what web servers, their processes and cron read. */
    private static final String FIND = """
            # find what speaks of a site
            export LC_ALL=C
            for each in /etc/nginx /etc/apache2 /etc/httpd /etc/php /etc/cron.d /etc/crontab /var/spool/cron /etc/systemd/system; do
                [ ! -e "$each" ] || grep -RIlsF --exclude-dir=aegir -e "$1" -e "$2" -- "$each"
            done | grep -v '[[:cntrl:]]' | head -n "$3"
            :
            """;

    /** Makes it. */
    public FindFormer {}

    @Override
    public String name() {
        return "what else speaks of " + running + " on " + running.server();
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        return List.of(new Change(
                Change.Kind.RUN,
                running.server().value(),
                "look for what speaks of " + former,
                "stays, and is to be removed by hand afterwards:\n" + String.join("\n", remains(context)) + "\n"));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        List<String> remains = remains(context);
        context.results(Map.of(
                "former.configuration",
                String.join("\n", found(context)),
                "former.remains",
                String.join("\n", remains)));
        remains.forEach(each -> context.log("stays as it is: " + each));
    }

    private List<String> remains(StepContext context) throws InterruptedException {
        List<String> remains = new ArrayList<>(found(context));
        remains.add("the directory " + running.root());
        running.database()
                .ifPresent(store ->
                        remains.add("the database " + store.name() + " of " + store.service() + ", with its account"));
        return remains;
    }

    private List<String> found(StepContext context) throws InterruptedException {
        Host host = context.host(running.server());
        CommandResult found = host.run(Command.of(
                        "sh",
                        "-c",
                        FIND,
                        "aegir-former",
                        former.value(),
                        running.root().value(),
                        String.valueOf(MOST))
                .timeout(Duration.ofMinutes(2)));
        return found.orThrow().stdout().lines().toList();
    }
}
