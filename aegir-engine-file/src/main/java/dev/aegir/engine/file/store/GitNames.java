// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What things are called in a repository of git. Names of a site's that would mean something to git, or to a file system that
 * somebody checks it out on, are written with {@code %XX}; the index has them as they are.
 */
final class GitNames {
    /** What says what there is. */
    static final String INDEX = "index";

    /** What all content is below. */
    static final String TREE = "tree/";

    /** {@code .git} and whatever begins so; what Windows may call it; whatever is between its letters and not shown. */
    private static final Pattern SPECIAL = Pattern.compile("(\\.git.*|gi[^~]{0,6}~[0-9].*)", Pattern.DOTALL);

    private GitNames() {}

    /** Of a name as bytes, of which each is a {@code char}: another for each. */
    static String path(String name) {
        StringBuilder path = new StringBuilder(TREE);
        for (String component : name.split("/")) {
            path.append(path.length() == TREE.length() ? "" : "/").append(component(component));
        }
        return path.toString();
    }

    private static String component(String component) {
        String plain = component.replaceAll("[^ -~]", "").toLowerCase(Locale.ROOT);
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char c = component.charAt(i);
            boolean hidden = i == 0 && SPECIAL.matcher(plain).matches();
            if (hidden || c < ' ' || c == 0x7f || c == '%' || c == '\\') {
                out.append(String.format("%%%02X", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** Its bytes. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
