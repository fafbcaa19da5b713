// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Server;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What an address says: {@code ssh://account@host:port?key=/path&sudo=no&state=/dir}. */
record SshAddress(String account, String host, int port, Optional<String> key, boolean sudo, String state) {
    static SshAddress of(Server server) {
        URI uri = server.address();
        String account = uri.getUserInfo() == null ? "root" : uri.getUserInfo();
        String path = uri.getPath();
        if (uri.getHost() == null
                || !account.matches("[a-z_][a-z0-9_-]{0,31}")
                || path != null && !path.isEmpty() && !path.equals("/")) {
            throw new InvalidValueException(
                    "address of " + server.name(),
                    uri.toString(),
                    "write ssh://account@host or ssh://account@host:port");
        }
        Map<String, String> parameters = new HashMap<>();
        for (String pair :
                uri.getQuery() == null ? new String[0] : uri.getQuery().split("&")) {
            String[] parts = pair.split("=", 2);
            if (parts.length != 2 || !Set.of("key", "sudo", "state").contains(parts[0])) {
                throw new InvalidValueException(
                        "address of " + server.name(), uri.toString(), "the parameters are key, sudo and state");
            }
            parameters.put(parts[0], parts[1]);
        }
        boolean sudo = !account.equals("root") && !"no".equals(parameters.get("sudo"));
        String host = uri.getHost().startsWith("[")
                ? uri.getHost().substring(1, uri.getHost().length() - 1)
                : uri.getHost();
        return new SshAddress(
                account,
                host,
                uri.getPort() < 0 ? 22 : uri.getPort(),
                Optional.ofNullable(parameters.get("key")),
                sudo,
                parameters.getOrDefault("state", "/var/lib/aegir"));
    }

    @Override
    public String toString() {
        return account + "@" + host + ":" + port;
    }
}
