// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.util.List;

/**
 * A site as a web server needs to know it.
 *
 * @param owner the site's id
 * @param name the main name, to which the redirected names lead
 * @param aliases more names served just so
 * @param redirectedNames names that lead to the main name
 * @param redirects paths that lead elsewhere
 * @param root the directory that is served
 * @param within the directory that {@code root} must really lie in when it is published, links followed
 * @param handler what answers
 * @param indexed whether search engines may list it
 * @param mounts paths whose files lie elsewhere
 */
public record VirtualHost(
        Id owner,
        DomainName name,
        List<DomainName> aliases,
        List<DomainName> redirectedNames,
        List<Redirect> redirects,
        HostPath root,
        HostPath within,
        Handler handler,
        boolean indexed,
        List<Mount> mounts)
        implements Resource {
    /** What answers requests. */
    public sealed interface Handler permits StaticFiles, PhpFpm, ReverseProxy, Disabled, Maintenance {}

    /** The files of the root, as they are. */
    public record StaticFiles() implements Handler {
        /** Makes it. */
        public StaticFiles {}
    }

    /**
     * PHP through a pool of php-fpm; other files as they are.
     *
     * @param socket the pool's socket
     * @param upload how many MB a request may bring along, 1 to 65536
     */
    public record PhpFpm(HostPath socket, int upload) implements Handler {
        /** Validates. */
        public PhpFpm {
            if (upload < 1 || upload > 65_536) {
                throw new InvalidValueException("upload", String.valueOf(upload), "write 1 to 65536 MB");
            }
        }

        /**
         * A pool whose requests may bring along 32 MB.
         *
         * @param socket the pool's socket
         */
        public PhpFpm(HostPath socket) {
            this(socket, 32);
        }
    }

    /**
     * Another web server.
     *
     * @param host its name or address: letters, digits, dots, hyphens; IPv6 in brackets
     * @param port its port
     */
    public record ReverseProxy(String host, int port) implements Handler {
        /** Validates. */
        public ReverseProxy {
            if (!host.matches("[A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]+]") || port < 1 || port > 65535) {
                throw new InvalidValueException(
                        "upstream", host + ":" + port, "write a host name or address and a port");
            }
        }
    }

    /** A page that says the site is disabled, with status 503. */
    public record Disabled() implements Handler {
        /** Makes it. */
        public Disabled {}
    }

    /** A page that says the site is being worked on and will be back, with status 503. */
    public record Maintenance() implements Handler {
        /** Makes it. */
        public Maintenance {}
    }

    /**
     * A path below which files are served from another directory, as they are: what people upload. No code runs there.
     *
     * @param path the path, such as {@code /wp-content/uploads}: segments of letters, digits and {@code . _ -}
     * @param directory where the files lie
     * @param generated whether a file that is not there yet is asked of the handler, which makes it
     */
    public record Mount(String path, HostPath directory, boolean generated) {
        /** Validates. */
        public Mount {
            if (!path.matches("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+")) {
                throw new InvalidValueException(
                        "path", path, "write it as /segments/of letters, digits and . _ -, without a / at the end");
            }
        }

        /**
         * Of files that are there, or are not.
         *
         * @param path the path
         * @param directory where the files lie
         */
        public Mount(String path, HostPath directory) {
            this(path, directory, false);
        }
    }

    /** Validates and copies. */
    public VirtualHost {
        aliases = List.copyOf(aliases);
        mounts = List.copyOf(mounts);
        redirectedNames = List.copyOf(redirectedNames);
        redirects = List.copyOf(redirects);
        if (!root.isWithin(within)) {
            throw new InvalidValueException("document root", root.value(), "it is not inside " + within);
        }
    }

    /**
     * One without mounts.
     *
     * @param owner the site's id
     * @param name the main name
     * @param aliases more names served just so
     * @param redirectedNames names that lead to the main name
     * @param redirects paths that lead elsewhere
     * @param root the directory that is served
     * @param within the directory that {@code root} must really lie in
     * @param handler what answers
     * @param indexed whether search engines may list it
     */
    public VirtualHost(
            Id owner,
            DomainName name,
            List<DomainName> aliases,
            List<DomainName> redirectedNames,
            List<Redirect> redirects,
            HostPath root,
            HostPath within,
            Handler handler,
            boolean indexed) {
        this(owner, name, aliases, redirectedNames, redirects, root, within, handler, indexed, List.of());
    }

    @Override
    public String title() {
        return name.value();
    }
}
