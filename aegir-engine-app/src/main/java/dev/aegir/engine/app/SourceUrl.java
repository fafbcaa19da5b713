// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where code is fetched from: a URL that only names a place and can make the program that reads it do nothing else. It has no
 * password, never looks like an option, and does not lead to the server itself or to where machines are told their secrets.
 *
 * @param text the URL as it is handed on
 * @param protocol its protocol: {@code https}, {@code ssh}, {@code git} or {@code file}
 * @param host the host, an IPv6 address without brackets; empty for {@code file}
 * @param port the port; 0 for {@code file}
 */
record SourceUrl(String text, String protocol, String host, int port) {
    /** Git hands it to a shell on the other side; it quotes it, and needs not to. */
    private static final String SSH_PATH = "[A-Za-z0-9_~/][A-Za-z0-9._~/@%+=,-]*";

    /** What git takes for ssh besides URLs: {@code user@host:path}. */
    private static final Pattern SCP =
            Pattern.compile("([A-Za-z0-9_][A-Za-z0-9_.-]*)@([^:/@\\[\\]]+):(" + SSH_PATH + ")");

    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final Pattern NAME =
            Pattern.compile("(?i)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");

    static SourceUrl of(String text, Set<String> protocols, Place place) {
        if (text.isEmpty() || text.startsWith("-") || text.length() > 2000) {
            throw refused(text, "it is empty, begins with - or has more than 2000 characters");
        }
        if (text.chars().anyMatch(c -> c <= ' ' || c >= 0x7f || "\\\"`".indexOf(c) >= 0)) {
            throw refused(text, "write white space, quotes and characters other than ASCII percent-encoded");
        }
        Matcher scp = SCP.matcher(text);
        if (scp.matches() && protocols.contains("ssh")) {
            return new SourceUrl(text, "ssh", reachable(text, scp.group(2), place), 22);
        }
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw refused(text, "it is not a URL");
        }
        String protocol = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!protocols.contains(protocol) || uri.isOpaque() || !text.startsWith(protocol + "://")) {
            throw refused(
                    text,
                    "it is not one of "
                            + String.join(", ", protocols.stream().sorted().toList()));
        }
        decent(text, uri, protocol);
        if (protocol.equals("file")) {
            return new SourceUrl("file://" + file(text, uri, place), protocol, "", 0);
        }
        if (uri.getHost() == null) {
            throw refused(text, "it has no host, or one with characters that no host name has");
        }
        String bare = uri.getHost().replaceAll("[\\[\\]]", "");
        int port =
                uri.getPort() > 0 ? uri.getPort() : protocol.equals("https") ? 443 : protocol.equals("ssh") ? 22 : 9418;
        return new SourceUrl(text, protocol, reachable(text, bare, place), port);
    }

    private static void decent(String text, URI uri, String protocol) {
        String user = uri.getRawUserInfo();
        if (user != null && !(protocol.equals("ssh") && USER.matcher(user).matches())) {
            // Not quoted: there may be a password in it.
            throw new InvalidValueException(
                    "source URL",
                    protocol + "://(not shown)",
                    "a user or password does not belong into it; keep the password as a secret and name that as credential");
        }
        if (uri.getRawFragment() != null) {
            throw refused(text, "it has a #fragment");
        }
        if (Pattern.compile("%([01][0-9a-f]|7f)", Pattern.CASE_INSENSITIVE)
                .matcher(text)
                .find()) {
            throw refused(text, "it has percent-encoded control characters");
        }
        String path = uri.getPath();
        if (path == null || path.length() < 2 || path.startsWith("/-") || ("/" + path + "/").contains("/../")) {
            throw refused(text, "it has no path, or one that begins with - or has a .. in it");
        }
        if (protocol.equals("ssh") && !uri.getRawPath().matches(SSH_PATH)) {
            throw refused(text, "its path has characters that an ssh source cannot have");
        }
    }

    private static HostPath file(String text, URI uri, Place place) {
        if (uri.getRawAuthority() != null || uri.getRawQuery() != null) {
            throw refused(text, "a file URL has three slashes and only a path");
        }
        HostPath path = HostPath.of(uri.getPath().replaceAll("(?<=.)/$", ""));
        if (!path.isWithin(place.root()) || path.equals(place.root())) {
            throw refused(
                    text,
                    "files are only taken from below " + place.root()
                            + "; the setting file-root of the service changes that");
        }
        return path;
    }

    private static String reachable(String text, String host, Place place) {
        boolean address = host.contains(":") || host.matches("[0-9.]+");
        if (!address && !NAME.matcher(host).matches()) {
            throw refused(text, "its host is no host name");
        }
        if (!place.locals() && Addresses.forbidden(host)) {
            throw refused(
                    text,
                    "its host is the server itself, a link-local address or a metadata service; the setting"
                            + " allow-local-addresses of the service allows that");
        }
        return host.toLowerCase(Locale.ROOT);
    }

    /**
     * A name for what is kept of this source.
     *
     * @return the SHA-256 of the URL in hexadecimal
     */
    String hash() {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static InvalidValueException refused(String text, String why) {
        return new InvalidValueException("source URL", text, why);
    }

    @Override
    public String toString() {
        return text;
    }
}
