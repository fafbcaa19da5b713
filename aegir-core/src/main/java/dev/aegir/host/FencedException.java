// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/** A newer owner of the same task or resource has taken over; this one must not change anything any more. */
public final class FencedException extends HostException {
    private static final long serialVersionUID = 1L;

    /**
     * For a resource.
     *
     * @param server the server's name, or where else it was noticed
     * @param resource what is fenced
     */
    public FencedException(String server, String resource) {
        super(server, resource + " has a newer owner; nothing was done");
    }
}
