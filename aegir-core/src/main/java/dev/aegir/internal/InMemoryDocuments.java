// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Documents;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Documents in memory. */
final class InMemoryDocuments implements Documents {
    private final Map<String, Kind> kinds = new HashMap<>();

    /** All documents of one kind, and whose each name and key is. */
    private static final class Kind {
        final Map<Id, Document> byId = new HashMap<>();
        final Map<String, Document> byWord = new HashMap<>();

        void forget(Id id) {
            Document old = byId.remove(id);
            if (old != null) {
                byWord.keySet().removeAll(words(old));
            }
        }
    }

    @Override
    public synchronized Optional<Document> byId(String kind, Id id) {
        return Optional.ofNullable(kinds.get(kind)).map(all -> all.byId.get(id));
    }

    @Override
    public synchronized Optional<Document> byKey(String kind, String nameOrKey) {
        return Optional.ofNullable(kinds.get(kind)).map(all -> all.byWord.get(nameOrKey));
    }

    @Override
    public List<Document> byLink(String kind, String link) {
        return select(kind, document -> document.links().contains(link));
    }

    @Override
    public List<Document> all(String kind) {
        return select(kind, document -> true);
    }

    @Override
    public synchronized void save(Document document) {
        Kind kind = kinds.computeIfAbsent(document.kind(), k -> new Kind());
        for (String word : new TreeSet<>(words(document))) {
            Document owner = kind.byWord.get(word);
            if (owner != null && !owner.id().equals(document.id())) {
                throw new RefusedException(
                        "The " + document.kind() + " " + document.name() + " was not saved: \"" + word
                                + "\" belongs to the " + owner.kind() + " " + owner.name() + " (" + owner.id()
                                + "). Choose another name, or take it from that one first.");
            }
        }
        kind.forget(document.id());
        kind.byId.put(document.id(), document);
        words(document).forEach(word -> kind.byWord.put(word, document));
    }

    @Override
    public synchronized void delete(String kind, Id id) {
        Optional.ofNullable(kinds.get(kind)).ifPresent(all -> all.forget(id));
    }

    private synchronized List<Document> select(String kind, Predicate<Document> which) {
        return Optional.ofNullable(kinds.get(kind)).stream()
                .flatMap(all -> all.byId.values().stream())
                .filter(which)
                .sorted(Comparator.comparing(Document::name))
                .toList();
    }

    private static Set<String> words(Document document) {
        Set<String> words = new HashSet<>(document.keys());
        words.add(document.name());
        return words;
    }
}
