// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import java.util.NavigableMap;
import java.util.Optional;

/** How large rows of a dump look, and which client takes them as rows and as nothing else. For one load, and one thread. */
interface RowForm {
    /** From how many bytes on rows go beside this program. */
    long LARGE = 4 << 20;

    /** A program for the shell that finds rows in the file {@code $1}. */
    String find();

    /** Lengths of large rows by where they begin, as the program told. */
    NavigableMap<Long, Long> blocks(String found);

    /**
     * Who takes rows.
     *
     * @param statement the statement that they belong to; empty where the form knows it by where they begin
     * @param offset where they begin
     * @return nothing when they are not known to arrive exactly, and must come through
     */
    Optional<Taker> taker(String statement, long offset) throws InterruptedException;

    /** A program for the shell that runs {@code "$@"}, which reads the lines of the dump that come on standard input. */
    String taking();

    /**
     * A client that takes rows.
     *
     * @param command what takes them on standard input, and finds credentials as {@code /dev/fd/3}
     * @param together whether two may take them side by side
     * @param answer what it says when it has taken all of them exactly; empty when it fails otherwise
     */
    record Taker(Command command, boolean together, String answer) {}
}
