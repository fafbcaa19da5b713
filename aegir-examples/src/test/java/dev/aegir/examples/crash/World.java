// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the servers are and what they are: what the programs are told.
 *
 * @param repository where the code of sites without processes comes from
 * @param servers the servers, web1 before web2
 */
record World(String repository, List<Place> servers) {
    /**
     * A server.
     *
     * @param name what the others of the lab call it
     * @param address where it is
     * @param hostKey what it is known by
     */
    record Place(String name, URI address, String hostKey) {}

    World {
        servers = List.copyOf(servers);
    }

    /** As words of a command. */
    List<String> words() {
        List<String> words = new ArrayList<>(List.of(repository));
        servers.forEach(
                server -> words.addAll(List.of(server.name(), server.address().toString(), server.hostKey())));
        return words;
    }

    static World of(List<String> words) {
        List<Place> servers = new ArrayList<>();
        for (int i = 1; i < words.size(); i += 3) {
            servers.add(new Place(words.get(i), URI.create(words.get(i + 1)), words.get(i + 2)));
        }
        return new World(words.get(0), servers);
    }
}
