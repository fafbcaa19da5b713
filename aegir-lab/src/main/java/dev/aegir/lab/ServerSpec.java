// SPDX-License-Identifier: Apache-2.0
package dev.aegir.lab;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a server has beyond the usual. A running server whose spec was another is replaced. Immutable.
 *
 * @param fileSystems sizes in bytes of extra file systems in memory, by the directory they are mounted on; to fill one up
 * @param ports ports that are published beside 22, 80 and 443
 */
public record ServerSpec(Map<String, Long> fileSystems, Set<Integer> ports) {
    /** Copies both, in a stable order. */
    public ServerSpec {
        SortedMap<String, Long> sortedFileSystems = new TreeMap<>(fileSystems);
        SortedSet<Integer> sortedPorts = new TreeSet<>(ports);
        fileSystems = Collections.unmodifiableSortedMap(sortedFileSystems);
        ports = Collections.unmodifiableSortedSet(sortedPorts);
    }

    /**
     * A server with nothing extra.
     *
     * @return the usual
     */
    public static ServerSpec usual() {
        return new ServerSpec(Map.of(), Set.of());
    }

    /**
     * With a file system of its own, which is empty after each start and each reset.
     *
     * @param directory where it is mounted, an absolute path
     * @param bytes its size
     * @return the wider spec
     */
    public ServerSpec fileSystem(String directory, long bytes) {
        Map<String, Long> more = new TreeMap<>(fileSystems);
        more.put(directory, bytes);
        return new ServerSpec(more, ports);
    }

    /**
     * With one more port published on loopback.
     *
     * @param port the port inside the server
     * @return the wider spec
     */
    public ServerSpec publish(int port) {
        Set<Integer> more = new TreeSet<>(ports);
        more.add(port);
        return new ServerSpec(fileSystems, more);
    }
}
