// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.Documents;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Documents that note whether they were written, and are written only by a task's present owner. */
final class WatchedDocuments implements Documents {
    private final Documents documents;
    private final Consumer<Runnable> writing;

    /** Over some documents; every write is handed over, to be made or refused. */
    WatchedDocuments(Documents documents, Consumer<Runnable> writing) {
        this.documents = documents;
        this.writing = writing;
    }

    @Override
    public Optional<Document> byId(String kind, Id id) {
        return documents.byId(kind, id);
    }

    @Override
    public Optional<Document> byKey(String kind, String nameOrKey) {
        return documents.byKey(kind, nameOrKey);
    }

    @Override
    public List<Document> byLink(String kind, String link) {
        return documents.byLink(kind, link);
    }

    @Override
    public List<Document> all(String kind) {
        return documents.all(kind);
    }

    @Override
    public void save(Document document) {
        writing.accept(() -> documents.save(document));
    }

    @Override
    public void delete(String kind, Id id) {
        writing.accept(() -> documents.delete(kind, id));
    }
}
