// SPDX-License-Identifier: Apache-2.0
package dev.aegir.spi;

import dev.aegir.internal.DocumentInventory;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Inventory;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A store's side of the inventory: documents found by id, by unique key, and by link. Thread-safe; what is saved is durable
 * when the call returns.
 */
public interface Documents {
    /**
     * A document.
     *
     * @param kind what it is, such as {@code site}
     * @param id its identity
     * @param name its name, unique among its kind together with all keys
     * @param keys more words under which it alone is found
     * @param links words under which it is found together with others
     * @param json its content
     */
    record Document(String kind, Id id, String name, Set<String> keys, Set<String> links, String json) {
        /** Copies. */
        public Document {
            keys = Set.copyOf(keys);
            links = Set.copyOf(links);
        }
    }

    /**
     * By identity.
     *
     * @param kind the kind
     * @param id the id
     * @return the document, if there is one
     */
    Optional<Document> byId(String kind, Id id);

    /**
     * By name or key.
     *
     * @param kind the kind
     * @param nameOrKey the word
     * @return the document, if there is one
     */
    Optional<Document> byKey(String kind, String nameOrKey);

    /**
     * By link.
     *
     * @param kind the kind
     * @param link the word
     * @return the documents that have it, by name
     */
    List<Document> byLink(String kind, String link);

    /**
     * All of a kind.
     *
     * @param kind the kind
     * @return the documents, by name
     */
    List<Document> all(String kind);

    /**
     * Saves a document in place of the one of the same kind and id if there is one.
     *
     * @param document the document
     * @throws RefusedException when another document of its kind has its name or one of its keys; nothing was changed
     */
    void save(Document document);

    /**
     * Deletes a document, whether there is one or not.
     *
     * @param kind its kind
     * @param id its id
     */
    void delete(String kind, Id id);

    /**
     * The inventory that these documents hold, for the contexts of steps and for planners.
     *
     * @param writable whether it may be written; reading is always allowed
     * @return a view of the documents, as thread-safe as they are
     */
    default Inventory inventory(boolean writable) {
        return new DocumentInventory(this, writable);
    }
}
