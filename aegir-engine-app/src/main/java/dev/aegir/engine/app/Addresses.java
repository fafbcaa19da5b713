// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Hosts that code is not fetched from unless that is allowed, as far as the name alone tells. What a name leads to is looked
 * at on the server, when it is resolved there.
 */
final class Addresses {
    /** Where clouds tell their machines secrets. */
    private static final Set<String> METADATA = Set.of("100.100.100.200", "192.0.0.192", "fd00:ec2:0:0:0:0:0:254");

    private Addresses() {}

    static boolean forbidden(String host) {
        if (host.contains(":")) {
            return forbiddenAddress(host);
        }
        String name = host.toLowerCase(Locale.ROOT);
        List<String> labels = Arrays.asList(name.split("\\."));
        String last = labels.get(labels.size() - 1);
        if (last.matches("[0-9]+|0x[0-9a-f]*")) {
            // 2852039166, 0xA9FEA9FE, 169.16689662 and 0251.0376.0251.0376 are all addresses to some programs.
            return !name.matches("((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(\\.|$)){4}") || forbiddenAddress(name);
        }
        return last.equals("localhost")
                || name.equals("ip6-localhost")
                || name.equals("ip6-loopback")
                || name.equals("metadata")
                || name.equals("instance-data")
                || name.startsWith("metadata.") && last.equals("internal");
    }

    private static boolean forbiddenAddress(String literal) {
        InetAddress address;
        try {
            address = InetAddress.getByName(literal); // a literal: nothing is asked of the network
        } catch (UnknownHostException e) {
            return true;
        }
        byte[] bytes = address.getAddress();
        // Addresses that carry an IPv4 address: compatible (::a.b.c.d), NAT64 (64:ff9b::/96) and 6to4 (2002::/16).
        if (bytes.length == 16) {
            boolean compatible = true;
            for (int i = 0; i < 12; i++) {
                compatible &= bytes[i] == 0;
            }
            boolean nat64 = bytes[0] == 0 && bytes[1] == 0x64 && bytes[2] == (byte) 0xff && bytes[3] == (byte) 0x9b;
            if (compatible || nat64 || bytes[0] == 0x20 && bytes[1] == 0x02) {
                return true;
            }
        }
        return address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isMulticastAddress()
                || bytes.length == 4 && bytes[0] == 0
                || METADATA.contains(address.getHostAddress());
    }
}
