// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Documents;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The inventory in tables. */
final class SqlDocuments implements Documents {
    private static final String SELECT = "select d.kind, d.id, d.name, d.words, d.links, d.json from aegir_document d ";

    private final Writer writer;
    private final Readers readers;

    SqlDocuments(Writer writer, Readers readers) {
        this.writer = writer;
        this.readers = readers;
    }

    @Override
    public Optional<Document> byId(String kind, Id id) {
        return readers.read(db -> db.first(SELECT + "where d.kind = ? and d.id = ?", SqlDocuments::document, kind, id));
    }

    @Override
    public Optional<Document> byKey(String kind, String nameOrKey) {
        return readers.read(db -> db.first(
                SELECT
                        + "join aegir_document_word w on w.kind = d.kind and w.id = d.id where w.kind = ? and w.word = ?",
                SqlDocuments::document,
                kind,
                nameOrKey));
    }

    @Override
    public List<Document> byLink(String kind, String link) {
        return readers.read(db -> db.list(
                SELECT + "join aegir_document_link l on l.kind = d.kind and l.id = d.id where l.kind = ? and l.link = ?"
                        + " order by d.name",
                SqlDocuments::document,
                kind,
                link));
    }

    @Override
    public List<Document> all(String kind) {
        return readers.read(db -> db.list(SELECT + "where d.kind = ? order by d.name", SqlDocuments::document, kind));
    }

    @Override
    public void save(Document document) {
        writer.write(db -> {
            TreeSet<String> words = new TreeSet<>(document.keys());
            words.add(document.name());
            for (String word : words) {
                checkFree(db, document, word);
            }
            forget(db, document.kind(), document.id());
            db.update(
                    "insert into aegir_document (kind, id, name, words, links, json) values (?, ?, ?, ?, ?, ?)",
                    document.kind(),
                    document.id(),
                    document.name(),
                    Words.of(document.keys()),
                    Words.of(document.links()),
                    document.json());
            for (String word : words) {
                db.update(
                        "insert into aegir_document_word (kind, word, id) values (?, ?, ?)",
                        document.kind(),
                        word,
                        document.id());
            }
            for (String link : document.links()) {
                db.update(
                        "insert into aegir_document_link (kind, link, id) values (?, ?, ?)",
                        document.kind(),
                        link,
                        document.id());
            }
            return true;
        });
    }

    @Override
    public void delete(String kind, Id id) {
        writer.write(db -> {
            forget(db, kind, id);
            return true;
        });
    }

    private static void checkFree(Session db, Document document, String word) throws SQLException {
        Optional<String> owner = db.first(
                "select d.name, d.id from aegir_document_word w join aegir_document d on d.kind = w.kind and d.id = w.id"
                        + " where w.kind = ? and w.word = ? and w.id <> ?",
                row -> row.text() + " (" + row.text() + ")",
                document.kind(),
                word,
                document.id());
        if (owner.isPresent()) {
            throw new RefusedException("The " + document.kind() + " " + document.name() + " was not saved: \"" + word
                    + "\" belongs to the " + document.kind() + " " + owner.get()
                    + ". Choose another name, or take it from that one first.");
        }
    }

    private static void forget(Session db, String kind, Id id) throws SQLException {
        db.update("delete from aegir_document_word where kind = ? and id = ?", kind, id);
        db.update("delete from aegir_document_link where kind = ? and id = ?", kind, id);
        db.update("delete from aegir_document where kind = ? and id = ?", kind, id);
    }

    private static Document document(Row row) throws SQLException {
        return new Document(row.text(), row.id(), row.text(), Words.set(row.text()), Words.set(row.text()), row.text());
    }
}
