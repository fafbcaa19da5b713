// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.model.Id;
import dev.aegir.spi.Documents;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Documents that note whether they were written, and are written only by a task's present owner. */
final class WatchedDocuments implements Documents {
    private final Documents documents;
    private final AtomicBoolean touched;
    private final Runnable ownership;

    /** Over some documents; the check throws when somebody else owns the task by now. */
    WatchedDocuments(Documents documents, AtomicBoolean touched, Runnable ownership) {
        this.documents = documents;
        this.touched = touched;
        this.ownership = ownership;
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
        ownership.run();
        touched.set(true);
        documents.save(document);
    }

    @Override
    public void delete(String kind, Id id) {
        ownership.run();
        touched.set(true);
        documents.delete(kind, id);
    }
}
