// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.model.ImportRules;
import dev.aegir.model.Name;
import java.util.Optional;

/**
 * A format in which other programs export sites. It says by which names such an archive is known and where in it things are;
 * the archive itself is never given to it. Stateless; used by many threads. Found by {@link java.util.ServiceLoader}, or named
 * to the builder.
 */
public interface ImportFormat {
    /**
     * Its name, by which a task can insist on it.
     *
     * @return the name, such as {@code drush-archive}
     */
    String name();

    /**
     * How archives with sites of an application are read.
     *
     * @param application the application's name, such as {@code drupal}
     * @return the rules, under this format's name; none when it has no sites of that application
     */
    Optional<ImportRules> rules(Name application);
}
