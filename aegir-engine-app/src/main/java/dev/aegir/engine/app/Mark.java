// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.Release;
import java.util.Optional;

/** What stands beside the files of a release: whose it is and what it is. Lines of a name, a colon and a value. */
final class Mark {
    private final String text;

    private Mark(String text) {
        this.text = text;
    }

    static Mark read(String text) {
        return new Mark(text);
    }

    /** All that is known before the code is there; the revision and who made it are added on the host. */
    static String begin(Release release, Fetch fetch) {
        return "# A release made by Aegir. It is proved by this file: do not change it.\n"
                + "codebase: " + release.owner() + "\n"
                + "name: " + release.codebase() + "\n"
                + "engine: " + release.source().engine() + "\n"
                + "source: " + fetch.url() + "\n"
                + "ref: " + fetch.ref();
    }

    Optional<String> revision() {
        return line("revision: ");
    }

    boolean bears(Release release) {
        return line("codebase: ").filter(release.owner().value()::equals).isPresent();
    }

    private Optional<String> line(String name) {
        return text.lines()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(name.length()))
                .reduce((first, second) -> second);
    }
}
