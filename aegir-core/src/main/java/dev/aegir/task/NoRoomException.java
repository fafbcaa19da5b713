// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.model.AegirException;
import dev.aegir.model.DomainName;
import dev.aegir.model.HostPath;
import dev.aegir.model.Name;

/** A server has less room than what shall be brought there takes. Nothing was changed. */
public final class NoRoomException extends AegirException {
    private static final long serialVersionUID = 1L;

    /** Its name. */
    private final String server;

    /** How much is needed. */
    private final long needed;

    /** How much there is. */
    private final long free;

    /**
     * For what a site takes.
     *
     * @param site the site
     * @param server the server
     * @param directory a directory of the file system that is too small
     * @param unit what is counted, such as {@code KiB}
     * @param needed how much is needed
     * @param free how much there is
     */
    public NoRoomException(DomainName site, Name server, HostPath directory, String unit, long needed, long free) {
        super("The server " + server + " has no room for " + site + ": " + needed + " " + unit + " are needed in "
                + directory + " and what else is on its file system, and " + free
                + " are free. Make room there; or, when you"
                + " know better, set the site's setting room to off. Nothing was changed.");
        this.server = server.value();
        this.needed = needed;
        this.free = free;
    }

    /**
     * Which server.
     *
     * @return its name
     */
    public Name server() {
        return Name.of(server);
    }

    /**
     * How much is needed.
     *
     * @return in the unit that the message names
     */
    public long needed() {
        return needed;
    }

    /**
     * How much there is.
     *
     * @return in the unit that the message names
     */
    public long free() {
        return free;
    }
}
