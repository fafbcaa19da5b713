// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Id;
import java.util.Optional;

/**
 * What things of one owner are called in a store. Content is called by its checksum, so that it is there once however often it
 * occurs, never replaced by other content, and no name of a site's is ever a name of the store's.
 *
 * @param owner the owner
 */
record Owned(Id owner) {
    /** What says what there is. */
    String index() {
        return owner + "/index";
    }

    String object(String sum) {
        return objects() + sum;
    }

    String objects() {
        return owner + "/objects/";
    }

    /** The checksum that an object is called by. */
    Optional<String> sum(String name) {
        String plain = name.startsWith(objects()) ? name.substring(objects().length()) : "";
        return plain.matches("[0-9a-f]{64}") ? Optional.of(plain) : Optional.empty();
    }

    /** Whether it is what a store has left of an object that was broken off. */
    boolean unfinished(String name) {
        return name.startsWith(objects()) && name.substring(objects().length()).matches("[0-9a-f]{64}\\.new");
    }
}
