// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal.tasks;

import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;
import dev.aegir.model.Tree;
import dev.aegir.spi.MeasuringEngine;
import dev.aegir.spi.MeasuringEngine.Measured;
import dev.aegir.task.Change;
import dev.aegir.task.NoRoomException;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * There is room for what a site has where it goes, before any of it is brought: for its files, for its database, and for the dump of it
 * on both servers. What cannot be told is logged and stops nothing. Changes nothing.
 *
 * @param title the site
 * @param files its files, and where they go; absent when they stay
 * @param dump the dump of its database, and where it goes; absent when that stays
 */
public record RequireRoom(DomainName title, Optional<Way> files, Optional<Way> dump) implements Step {
    /** What the measures of the present and of the next database are called in the task. */
    static final String HERE = "room-here";

    static final String THERE = "room-there";

    /** A tenth more: directories, logs of the database server, and what is written meanwhile. */
    private static final long SPARE = 10;

    /** As whoever reads it afterwards; what is beyond its reach does not travel. */
    private static final String TAKEN = """
            # what is taken
            export LC_ALL=C
            cd -- "$1" || exit 1
            shift
            find "$@" -xdev -printf '%k\\n' 2>/dev/null | awk '{ k += $1; n++ } END { printf "%d %d\\n", k, n }'
            """;

    /** Of the next directory that there is: its file system, KiB, inodes (0 of 0 where they are not counted). */
    private static final String FREE = """
            # what is free
            export LC_ALL=C
            at=$1
            while [ ! -d "$at" ]; do
                at=${at%/*}
                at=${at:-/}
            done
            printf '%s %s\\n' "$(stat -L -c %d -- "$at")" "$(stat -f -c '%a %S %d %c' -- "$at")"
            """;

    /**
     * From where to where.
     *
     * @param from what is brought
     * @param to where to
     */
    public record Way(Tree from, Tree to) {
        /** Makes it. */
        public Way {}
    }

    /** How much. */
    private record Amount(long kilobytes, long entries) {
        Amount plus(Amount other) {
            return new Amount(kilobytes + other.kilobytes, entries + other.entries);
        }

        Amount withSpare() {
            return new Amount(kilobytes + kilobytes / SPARE, entries + entries / SPARE);
        }
    }

    /** A file system, by a directory in it, what is free there, and what will be needed. */
    private record Room(Name server, String device, HostPath directory, Amount free, boolean counted, Amount needed) {
        Room plus(Amount more) {
            return new Room(server, device, directory, free, counted, needed.plus(more));
        }
    }

    /** Makes it. */
    public RequireRoom {}

    @Override
    public String name() {
        return "there is room for " + title;
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of();
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Map<String, Room> rooms = new LinkedHashMap<>();
        if (files.isPresent()) {
            Tree to = files.get().to();
            Optional<Amount> taken = taken(context, files.get().from());
            if (taken.isPresent()) {
                put(context, to.server(), to.directory(), taken.get(), rooms);
            }
        }
        if (dump.isPresent()) {
            Tree from = dump.get().from();
            Tree to = dump.get().to();
            Optional<Measured> here = measured(context, HERE);
            if (here.isPresent()) {
                Amount bytes = new Amount(here.get().bytes() / 1024, 1);
                put(context, from.server(), from.directory(), bytes, rooms);
                if (!to.server().equals(from.server())) {
                    put(context, to.server(), to.directory(), bytes, rooms);
                }
                Optional<HostPath> databases = measured(context, THERE).flatMap(Measured::directory);
                if (databases.isPresent()) {
                    put(context, to.server(), databases.get(), bytes, rooms);
                }
            }
        }
        rooms.values().forEach(room -> require(context, room));
    }

    private static Optional<Measured> measured(StepContext context, String name) {
        return context.recall(MeasuringEngine.fact(name), Measured.class);
    }

    private void require(StepContext context, Room room) {
        Amount needed = room.needed().withSpare();
        Amount free = room.free();
        context.log(room.server() + ": " + needed.kilobytes() + " KiB of " + free.kilobytes() + " that are free in "
                + room.directory() + " will be needed");
        if (needed.kilobytes() > free.kilobytes()) {
            throw new NoRoomException(
                    title, room.server(), room.directory(), "KiB", needed.kilobytes(), free.kilobytes());
        } else if (room.counted() && needed.entries() > free.entries()) {
            throw new NoRoomException(
                    title, room.server(), room.directory(), "inodes", needed.entries(), free.entries());
        }
    }

    /** What goes to one file system is added up. */
    private static void put(
            StepContext context, Name server, HostPath directory, Amount amount, Map<String, Room> rooms)
            throws InterruptedException {
        Optional<Room> room = room(context, server, directory, amount);
        if (room.isEmpty()) {
            context.log("what is free in " + directory + " on " + server + " cannot be told");
            return;
        }
        rooms.merge(server + " " + room.get().device(), room.get(), (known, more) -> known.plus(more.needed()));
    }

    private static Optional<Amount> taken(StepContext context, Tree tree) throws InterruptedException {
        List<String> words = new ArrayList<>(
                List.of("sh", "-c", TAKEN, "aegir-room", tree.directory().value()));
        words.addAll(tree.paths());
        Command command = Command.of(words).timeout(Duration.ofMinutes(30));
        Optional<List<Long>> said = numbers(
                context.host(tree.server()).run(tree.account().map(command::as).orElse(command)), 2);
        if (said.isEmpty()) {
            context.log("what " + tree + " takes cannot be told");
        }
        return said.map(numbers -> new Amount(numbers.get(0), numbers.get(1)));
    }

    private static Optional<Room> room(StepContext context, Name server, HostPath directory, Amount needed)
            throws InterruptedException {
        CommandResult result = context.host(server).run(Command.of("sh", "-c", FREE, "aegir-room", directory.value()));
        return numbers(result, 5)
                .map(numbers -> new Room(
                        server,
                        numbers.get(0).toString(),
                        directory,
                        new Amount(numbers.get(1) * numbers.get(2) / 1024, numbers.get(3)),
                        numbers.get(4) > 0,
                        needed));
    }

    /** So many numbers, and nothing else. */
    private static Optional<List<Long>> numbers(CommandResult result, int count) {
        String said = result.stdout().strip();
        return result.succeeded() && said.matches("[0-9]{1,18}( [0-9]{1,18}){" + (count - 1) + "}")
                ? Optional.of(
                        List.of(said.split(" ")).stream().map(Long::valueOf).toList())
                : Optional.empty();
    }
}
