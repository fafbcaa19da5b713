// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.aegir.engine.db.DumpFailedException.Reason;
import dev.aegir.lab.ExecResult;
import dev.aegir.lab.LabServer;
import dev.aegir.model.Database;
import dev.aegir.task.Step;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What can happen to dumps, on a real server: none that is not whole is accepted, and nothing of it is left (abuse case 28). */
interface DumpFaults {
    /** How a program is put between the engine and the one that makes dumps. */
    String PROGRAM = "/usr/local/bin/";

    DatabaseLab lab();

    Bench bench();

    List<Step> ensure(Database database);

    Database database(String name);

    void removed(Database... databases) throws Exception;

    List<Step> dump(Database database, String path);

    ExecResult asAdministrator(String database, String sql);

    ExecResult as(Database database, String sql);

    /** Makes a table {@code big} of two megabytes and a table {@code small} of 300 rows, with one row on each line of a dump. */
    void fill(Database database);

    /** The program that makes dumps. */
    String dumper();

    /** The service of the server. */
    String unit();

    /** An option by which it leaves the table {@code small} out. */
    String without(Database database);

    /** How the line of a dump begins that has the 17th row of the table {@code small}, as a pattern. */
    String row();

    /** Changes the structure of tables while a dump is made. */
    String changing();

    /** Whether the server can count in the very moment that a dump is of. */
    boolean countsExactly();

    private Database filled() throws Exception {
        Database joe = database("joe");
        bench().done(ensure(joe));
        fill(joe);
        return joe;
    }

    private void put(String script) {
        lab().machine()
                .execWithInput(
                        "#!/bin/bash\nreal=/usr/bin/" + dumper() + "\n" + script + "\n",
                        "sh",
                        "-c",
                        "cat >\"$1\"; chmod 755 \"$1\"",
                        "sh",
                        PROGRAM + dumper())
                .orThrow();
    }

    private void taken() {
        lab().machine()
                .exec("rm", "-f", PROGRAM + dumper(), "/tmp/reached", "/tmp/go")
                .orThrow();
    }

    private DumpFailedException fails(Database joe, String what) throws Exception {
        Bench.Run run = bench().task();
        DumpFailedException failed =
                catchThrowableOfType(DumpFailedException.class, () -> run.run(dump(joe, "/root/fault.sql")));
        assertThat(failed).as(what).isNotNull();
        assertThat(failed).as(what).hasMessageContainingAll("db1", "joe");
        nothing(what);
        run.undo();
        nothing(what);
        return failed;
    }

    private void nothing(String what) {
        assertThat(lab().machine().exec("sh", "-c", "ls -A /root | grep fault").stdout())
                .as(what)
                .isEmpty();
    }

    @Test
    default void whatIsNotWholeIsNotAccepted() throws Exception {
        Database joe = filled();
        // What was written in the second in which a dump begins may have been written meanwhile; rows may be missing
        // then.
        lab().machine().exec("sleep", "1.1").orThrow();
        List<Map.Entry<String, Reason>> faults = List.of(
                Map.entry("$real \"$@\" | grep -a -v '" + row() + "'", Reason.INCOMPLETE),
                Map.entry("$real \"$@\" | head -c 100000; exit 0", Reason.INCOMPLETE),
                Map.entry("$real \"$1\" " + without(joe) + " \"${@:2}\"", Reason.INCOMPLETE),
                Map.entry("$real \"$@\"; exit 5", Reason.OTHER),
                Map.entry("$real \"$@\"; echo '" + dumper() + ": error: it went wrong' >&2", Reason.OTHER),
                Map.entry("echo '" + dumper() + ": error: it went wrong'; $real \"$@\"", Reason.OTHER),
                Map.entry("exit 0", Reason.INCOMPLETE));
        try {
            for (Map.Entry<String, Reason> fault : faults) {
                put(fault.getKey());
                assertThat(fails(joe, fault.getKey()).reason())
                        .as(fault.getKey())
                        .isEqualTo(fault.getValue());
            }
        } finally {
            taken();
        }
        Bench.Run whole = bench().done(dump(joe, "/root/fault.sql"));
        DumpFacts facts = DumpFacts.of(whole.results().get("dump.facts"));
        assertThat(facts.exact()).isTrue();
        assertThat(facts.tables())
                .extracting(DumpFacts.Table::name, DumpFacts.Table::rows)
                .contains(
                        org.assertj.core.groups.Tuple.tuple("small", 300L),
                        org.assertj.core.groups.Tuple.tuple("big", 2L));
        assertThat(lab().machine().file("/root/fault.sql")).endsWith(facts.text());
        whole.undo();
        removed(joe);
    }

    @Test
    default void aFullDiskIsToldAndNothingIsLeftOnIt() throws Exception {
        Database joe = filled();
        LabServer machine = lab().machine();
        machine.exec("sh", "-c", "mkdir /mnt/full && mount -t tmpfs -o size=512k tmpfs /mnt/full")
                .orThrow();
        try {
            Bench.Run run = bench().task();
            DumpFailedException failed =
                    catchThrowableOfType(DumpFailedException.class, () -> run.run(dump(joe, "/mnt/full/joe.sql")));
            assertThat(failed).isNotNull();
            assertThat(failed.reason()).isEqualTo(Reason.NO_SPACE);
            assertThat(failed).hasMessageContaining("Make room");
            assertThat(machine.exec("ls", "-A", "/mnt/full").stdout()).isEmpty();
            run.undo();
            assertThat(machine.exec("ls", "-A", "/mnt/full").stdout()).isEmpty();
        } finally {
            machine.exec("sh", "-c", "umount /mnt/full && rmdir /mnt/full").orThrow();
        }
        removed(joe);
    }

    /** A program that stops in the middle of a dump until something else has happened. */
    private <T> T meanwhile(boolean before, Runnable happens, java.util.concurrent.Callable<T> dump) throws Exception {
        String stop = "touch /tmp/reached; until [ -e /tmp/go ]; do read -t 0.05 <> <(:); done";
        put(
                before
                        ? stop + "; exec $real \"$@\""
                        : "exec 5>&1; code=$({ { $real \"$@\"; echo $? >&4; } | { head -c 65536; " + stop
                                + "; cat; } >&5; } 4>&1); exit $code");
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<?> other = threads.submit(() -> {
                lab().machine()
                        .exec("sh", "-c", "until [ -e /tmp/reached ]; do sleep 0.05; done")
                        .orThrow();
                try {
                    happens.run();
                } finally {
                    lab().machine()
                            .exec("sh", "-c", "touch /tmp/go; chmod 666 /tmp/go")
                            .orThrow();
                }
            });
            T result = dump.call();
            other.get(60, TimeUnit.SECONDS);
            return result;
        } finally {
            threads.shutdownNow();
            taken();
        }
    }

    @Test
    default void aDumpThatIsKilledLeavesNothing() throws Exception {
        Database joe = filled();
        DumpFailedException failed = meanwhile(
                false,
                () -> lab().machine()
                        .exec("sh", "-c", "kill -KILL $(pidof " + dumper() + ")")
                        .orThrow(),
                () -> fails(joe, "killed"));
        assertThat(failed.reason()).isEqualTo(Reason.KILLED);
        removed(joe);
    }

    @Test
    default void aServerThatIsRestartedMeanwhileEndsADump() throws Exception {
        Database joe = filled();
        DumpFailedException failed = meanwhile(
                false,
                () -> lab().machine().exec("systemctl", "restart", unit()).orThrow(),
                () -> fails(joe, "restarted"));
        assertThat(failed.reason()).isEqualTo(Reason.SERVER_GONE);
        bench().done(dump(joe, "/root/fault.sql")).undo();
        removed(joe);
    }

    @Test
    default void tablesThatChangeMeanwhileAreNoticed() throws Exception {
        Database joe = filled();
        DumpFailedException failed =
                meanwhile(false, () -> asAdministrator("joe", changing()).orThrow(), () -> fails(joe, "changed"));
        assertThat(failed.reason()).isEqualTo(Reason.TABLES_CHANGED);
        removed(joe);
    }

    @Test
    default void rowsThatComeMeanwhileAreNoFault() throws Exception {
        Database joe = filled();
        Bench.Run run = meanwhile(
                true,
                () -> as(joe, "INSERT INTO small SELECT a + 1000 FROM small;").orThrow(),
                () -> bench().done(dump(joe, "/root/fault.sql")));
        assertThat(run.results())
                .containsEntry("dump.exact", String.valueOf(countsExactly()))
                .containsEntry("dump.rows", countsExactly() ? "302" : "602");
        run.undo();
        removed(joe);
    }
}
