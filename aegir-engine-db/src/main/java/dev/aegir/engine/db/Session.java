// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.Host;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import dev.aegir.host.Secret;
import dev.aegir.task.StepContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Speaks to a database server as its administrator, by its command-line client; SQL travels on standard input only. */
final class Session {
    private final StepContext context;
    private final Place place;

    Session(StepContext context, Place place) {
        this.context = context;
        this.place = place;
    }

    Place place() {
        return place;
    }

    Dialect dialect() {
        return place.software().dialect();
    }

    Host host() throws InterruptedException {
        return context.host(place.server());
    }

    /** Reads; the server refuses everything else. Rows of columns. */
    List<List<String>> read(String sql) throws InterruptedException {
        return ask(true, Optional.empty(), sql);
    }

    /** Reads in a database. */
    List<List<String>> readIn(String database, String sql) throws InterruptedException {
        return ask(true, Optional.of(database), sql);
    }

    /** Changes something. */
    List<List<String>> change(String sql) throws InterruptedException {
        return ask(false, Optional.empty(), sql);
    }

    /** Changes something in a database. */
    List<List<String>> changeIn(String database, String sql) throws InterruptedException {
        return ask(false, Optional.of(database), sql);
    }

    /** A session that stays open, in a database; it only reads. Whoever opens one closes it. */
    Conversation converse(String database) throws InterruptedException {
        Client client = dialect().client(place, true, Optional.of(database));
        String header = "";
        if (place.remote().isPresent()) {
            client = client.withCredentials();
            header = administrator(place.remote().get());
        }
        return new Conversation(
                place,
                client,
                host().start(client.command()),
                header + dialect().preamble());
    }

    /** Starts a program that finds who the administrator of a server elsewhere is as {@code /dev/fd/3}, and reads nothing else. */
    RunningCommand start(Command program) throws InterruptedException {
        boolean elsewhere = place.remote().isPresent();
        RunningCommand running =
                host().start(elsewhere ? new Client(program).withCredentials().command() : program);
        try (OutputStream to = running.stdin()) {
            if (elsewhere) {
                to.write(administrator(place.remote().get()).getBytes(StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            // It has ended already, and says why.
        }
        return running;
    }

    /** What precedes the input of a client of a server elsewhere. */
    String administrator(Place.Remote remote) {
        return Client.header(dialect().credentials(place, remote, context.secret(remote.password())));
    }

    private List<List<String>> ask(boolean only, Optional<String> database, String sql) throws InterruptedException {
        Client client = dialect().client(place, only, database);
        String header = "";
        if (place.remote().isPresent()) {
            client = client.withCredentials();
            header = administrator(place.remote().get());
        }
        Input input = Input.secret(Secret.of(header + dialect().preamble() + sql));
        CommandResult result = host().run(client.command(), input);
        if (!result.succeeded()) {
            throw dialect().said(place, result);
        }
        if (result.truncated()) {
            throw new DatabaseServerException(place.described() + ": the answer is longer than expected", "");
        }
        return result.stdout()
                .lines()
                .filter(line -> !line.isEmpty())
                .map(line -> Arrays.asList(line.split("\t", -1)))
                .toList();
    }
}
