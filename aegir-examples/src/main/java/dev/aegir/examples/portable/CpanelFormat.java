// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.portable;

import dev.aegir.model.ImportRules;
import dev.aegir.model.ImportRules.Directory;
import dev.aegir.model.Name;
import dev.aegir.spi.ImportFormat;
import java.util.List;
import java.util.Optional;

/** A full backup of an account of cPanel that has one WordPress, in its main directory. */
// tag::format[]
public final class CpanelFormat implements ImportFormat {
    @Override
    public String name() {
        return "cpanel-backup";
    }

    @Override
    public Optional<ImportRules> rules(Name application) {
        if (!application.value().equals("wordpress")) {
            return Optional.empty();
        }
        return Optional.of(new ImportRules(
                Name.of(name()),
                List.of("[^/]+/cp/[^/]+", "[^/]+/homedir/public_html/wp-content"),
                List.of(new Directory("files", "[^/]+/homedir/public_html/wp-content/uploads")),
                Optional.of("[^/]+/mysql/[^/]+\\.sql")));
    }
}
// end::format[]
