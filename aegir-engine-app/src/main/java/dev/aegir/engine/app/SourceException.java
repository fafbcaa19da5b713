// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.AegirException;

/**
 * The source does not give the code that was asked for: it cannot be reached, does not let us in, has no such branch, tag
 * or commit, is damaged, has another checksum, or is bigger than allowed. Nothing was changed on the server.
 */
public final class SourceException extends AegirException {
    private static final long serialVersionUID = 1L;
    private final String server;
    private final String source;

    /**
     * For a source as a server sees it.
     *
     * @param server the server's name
     * @param source the source
     * @param said what is wrong with it
     */
    public SourceException(String server, String source, String said) {
        super(server + ": the code cannot be taken from " + source + ": " + said);
        this.server = server;
        this.source = source;
    }

    /**
     * The server that tried.
     *
     * @return its name
     */
    public String server() {
        return server;
    }

    /**
     * The source.
     *
     * @return its URL or path
     */
    public String source() {
        return source;
    }
}
