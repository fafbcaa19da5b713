// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

/**
 * One service of one server, written {@code web1/http}.
 *
 * @param server the server's name
 * @param service the service's name on that server
 */
public record ServiceRef(Name server, Name service) implements Comparable<ServiceRef> {
    /** Makes a reference. */
    public ServiceRef {}

    /**
     * Reads {@code server/service}.
     *
     * @param text the text
     * @return the reference
     * @throws InvalidValueException when it is none
     */
    public static ServiceRef of(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 2) {
            throw new InvalidValueException("service", text, "write it as server/service, such as web1/http");
        }
        return new ServiceRef(Name.of(parts[0]), Name.of(parts[1]));
    }

    @Override
    public int compareTo(ServiceRef other) {
        int byServer = server.compareTo(other.server);
        return byServer != 0 ? byServer : service.compareTo(other.service);
    }

    @Override
    public String toString() {
        return server + "/" + service;
    }
}
