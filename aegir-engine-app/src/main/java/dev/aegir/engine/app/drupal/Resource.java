// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app.drupal;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/** Fixed programs, without their comments, which would only travel. */
final class Resource {
    private Resource() {}

    static String shell(String title, String file) {
        return "# " + title + "\n" + without(file, "#");
    }

    static String php(String file) {
        return without(file, "//").replaceFirst("^<\\?php\n", "");
    }

    private static String without(String file, String comment) {
        try (InputStream in = Resource.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.stripLeading().startsWith(comment))
                    .collect(Collectors.joining("\n", "", "\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
