// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import static dev.aegir.engine.http.NginxDirective.directive;
import static dev.aegir.engine.http.NginxValue.expression;
import static dev.aegir.engine.http.NginxValue.literal;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Redirect;
import dev.aegir.model.VirtualHost;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The paths of a site that lead elsewhere. */
final class NginxRedirects {
    private NginxRedirects() {}

    static List<NginxDirective> locations(VirtualHost site) {
        List<NginxDirective> locations = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (Redirect redirect : site.redirects()) {
            String path = compared(redirect.path());
            if (!seen.add(path)) {
                throw refused(redirect.path(), "site " + site.title() + " has two redirects of this path");
            }
            if (path.startsWith("/.well-known/aegir/")) {
                throw refused(redirect.path(), "Aegir itself answers there");
            }
            locations.add(directive("location", expression("="), literal(path))
                    .with(directive(
                            "return",
                            expression(redirect.permanent() ? "301" : "302"),
                            literal(redirect.target().toString()))));
        }
        return locations;
    }

    /** A path in the form in which nginx compares it: percent-decoded, slashes merged, dot segments resolved. */
    private static String compared(String path) {
        String decoded = decoded(path);
        Deque<String> parts = new ArrayDeque<>();
        boolean directory = false;
        for (String part : decoded.substring(1).split("/", -1)) {
            directory = part.isEmpty() || part.equals(".") || part.equals("..");
            if (!directory) {
                parts.addLast(part);
            } else if (part.equals("..") && parts.pollLast() == null) {
                throw refused(path, "it leads out of the site");
            }
        }
        return "/" + String.join("/", parts) + (directory && !parts.isEmpty() ? "/" : "");
    }

    private static String decoded(String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '%') {
                if (!hex(path, i + 1) || !hex(path, i + 2)) {
                    throw refused(path, "after a % two hexadecimal digits must follow");
                }
                bytes.write(Integer.parseInt(path.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw refused(path, "its percent-encoded bytes are not UTF-8");
        }
    }

    private static boolean hex(String text, int i) {
        return i < text.length() && Character.digit(text.charAt(i), 16) >= 0;
    }

    private static InvalidValueException refused(String path, String why) {
        return new InvalidValueException("redirect", path, why);
    }
}
