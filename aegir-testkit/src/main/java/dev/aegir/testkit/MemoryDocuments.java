// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Documents;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Documents in memory. Thread-safe. */
final class MemoryDocuments implements Documents {
    private final Map<String, Document> documents = new TreeMap<>();

    @Override
    public synchronized Optional<Document> byId(String kind, Id id) {
        return Optional.ofNullable(documents.get(kind + " " + id));
    }

    @Override
    public synchronized Optional<Document> byKey(String kind, String nameOrKey) {
        return of(kind, document -> words(document).contains(nameOrKey)).findFirst();
    }

    @Override
    public synchronized List<Document> byLink(String kind, String link) {
        return of(kind, document -> document.links().contains(link)).toList();
    }

    @Override
    public synchronized List<Document> all(String kind) {
        return of(kind, document -> true).toList();
    }

    @Override
    public synchronized void save(Document document) {
        for (String word : words(document)) {
            byKey(document.kind(), word)
                    .filter(other -> !other.id().equals(document.id()))
                    .ifPresent(other -> {
                        throw new RefusedException("Another " + document.kind() + " (" + other.name() + ", "
                                + other.id() + ") has the name \"" + word + "\"; choose another name.");
                    });
        }
        documents.put(document.kind() + " " + document.id(), document);
    }

    @Override
    public synchronized void delete(String kind, Id id) {
        documents.remove(kind + " " + id);
    }

    private Stream<Document> of(String kind, Predicate<Document> which) {
        return documents.values().stream()
                .filter(document -> document.kind().equals(kind))
                .filter(which)
                .sorted(Comparator.comparing(Document::name));
    }

    private static Set<String> words(Document document) {
        Set<String> all = new HashSet<>(document.keys());
        all.add(document.name());
        return all;
    }
}
