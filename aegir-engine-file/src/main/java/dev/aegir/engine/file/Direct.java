// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.model.HostKey;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Server;
import dev.aegir.model.Settings;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How a source gets to a target without this program between the two.
 *
 * @param must whether there is no other way
 * @param host how the source calls the target
 * @param port the port of the target's OpenSSH server
 * @param account who logs in there
 * @param sudo whether that account needs sudo
 * @param pinned who the target is
 */
record Direct(boolean must, String host, int port, String account, boolean sudo, HostKey pinned) {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.:-]{0,252}");
    private static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_-]{0,31}");
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127[.].*|::1");

    /** Which ways a service allows. */
    enum Route {
        HUB,
        AUTO,
        MESH;

        static Route of(Settings settings) {
            String route = settings.text("route").orElse("hub");
            return switch (route) {
                case "hub" -> HUB;
                case "auto" -> AUTO;
                case "mesh" -> MESH;
                default ->
                    throw new InvalidValueException(
                            "setting route", route, "write hub, auto or mesh, on both servers' file services");
            };
        }
    }

    /** The direct way, if both services allow it and there may be one. */
    static Optional<Direct> between(EngineRequest<Tree> from, EngineRequest<Tree> to) {
        Route here = Route.of(from.settings());
        Route there = Route.of(to.settings());
        Server target = to.server();
        if (from.server().name().equals(target.name())) {
            return Optional.empty();
        } else if (here == Route.HUB || there == Route.HUB) {
            if (here == Route.MESH || there == Route.MESH) {
                throw new RefusedException(
                        "The file service of " + from.server().name() + " has the route " + here
                                + " and that of " + target.name() + " the route " + there
                                + " (HUB when none is set): no way is both. Set both to auto or mesh.");
            }
            return Optional.empty();
        }
        boolean must = here == Route.MESH || there == Route.MESH;
        Optional<Direct> way = way(must, target, to.settings());
        if (must && way.isEmpty()) {
            throw new RefusedException("Files cannot go to " + target.name()
                    + " directly: that needs a server reached by ssh, whose host key is pinned, at an address that other"
                    + " servers can use. Set address and port of its file service, or its route to auto.");
        }
        return way;
    }

    private static Optional<Direct> way(boolean must, Server target, Settings settings) {
        URI address = target.address();
        if (!"ssh".equals(address.getScheme())
                || address.getHost() == null
                || target.hostKey().isEmpty()) {
            return Optional.empty();
        }
        String known = address.getHost().replaceAll("[\\[\\]]", "");
        Optional<String> said = settings.text("address");
        if (said.isEmpty() && LOOPBACK.matcher(known).matches()) {
            // Each server means itself by that.
            return Optional.empty();
        }
        String host = said.orElse(known);
        int port = settings.number("port", said.isPresent() || address.getPort() < 0 ? 22 : address.getPort());
        String account = Optional.ofNullable(address.getUserInfo()).orElse("root");
        if (!HOST.matcher(host).matches() || port < 1 || port > 65_535) {
            throw new InvalidValueException(
                    "setting address", host + " " + port, "write a host name or an IP address, and a port in port");
        } else if (!ACCOUNT.matcher(account).matches()) {
            return Optional.empty();
        }
        boolean sudo = !account.equals("root")
                && !Optional.ofNullable(address.getQuery()).orElse("").contains("sudo=no");
        return Optional.of(
                new Direct(must, host, port, account, sudo, target.hostKey().get()));
    }
}
