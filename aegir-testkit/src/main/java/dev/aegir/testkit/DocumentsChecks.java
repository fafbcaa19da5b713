// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.Documents.Document;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a store's documents must keep. */
abstract class DocumentsChecks {
    private final Supplier<StoreUnderTest> opener;
    private final boolean durable;
    private StoreUnderTest store;

    DocumentsChecks(Supplier<StoreUnderTest> opener, boolean durable) {
        this.opener = opener;
        this.durable = durable;
    }

    @BeforeEach
    void open() {
        store = opener.get();
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static Document site(String name, Set<String> keys, Set<String> links) {
        return new Document("site", Id.next(), name, keys, links, "{\"name\":\"" + name + "\"}");
    }

    private Document saved(String name, Set<String> keys, Set<String> links) {
        Document document = site(name, keys, links);
        store.documents().save(document);
        return document;
    }

    @Test
    void foundByIdNameKeyAndLink() {
        Document one = saved("a.example", Set.of("www.a.example", "b.example"), Set.of("server:web1", "codebase:d10"));
        assertEquals(Optional.of(one), store.documents().byId("site", one.id()));
        assertEquals(Optional.of(one), store.documents().byKey("site", "a.example"));
        assertEquals(Optional.of(one), store.documents().byKey("site", "b.example"));
        assertEquals(List.of(one), store.documents().byLink("site", "server:web1"));
        assertEquals(List.of(one), store.documents().all("site"));
    }

    @Test
    void whatIsNotThereIsNotFound() {
        saved("a.example", Set.of(), Set.of("server:web1"));
        assertEquals(Optional.empty(), store.documents().byId("site", Id.next()));
        assertEquals(Optional.empty(), store.documents().byKey("site", "A.example"));
        assertEquals(Optional.empty(), store.documents().byKey("server", "a.example"));
        assertEquals(Optional.empty(), store.documents().byKey("site", "server:web1"));
        assertEquals(List.of(), store.documents().byLink("site", "server:web"));
        assertEquals(List.of(), store.documents().byLink("site", "a.example"));
        assertEquals(List.of(), store.documents().all("codebase"));
    }

    @Test
    void manyAreListedByName() {
        Document c = saved("c", Set.of(), Set.of("x"));
        Document a = saved("a", Set.of(), Set.of("x"));
        Document b = saved("b", Set.of(), Set.of());
        assertEquals(List.of(a, b, c), store.documents().all("site"));
        assertEquals(List.of(a, c), store.documents().byLink("site", "x"));
    }

    @Test
    void replacingForgetsOldNamesKeysAndLinks() {
        Document old = saved("old", Set.of("key", "kept"), Set.of("link", "stays"));
        Document renamed = new Document("site", old.id(), "new", Set.of("kept"), Set.of("stays"), "{}");
        store.documents().save(renamed);
        assertEquals(Optional.empty(), store.documents().byKey("site", "old"));
        assertEquals(Optional.empty(), store.documents().byKey("site", "key"));
        assertEquals(Optional.of(renamed), store.documents().byKey("site", "kept"));
        assertEquals(List.of(), store.documents().byLink("site", "link"));
        assertEquals(List.of(renamed), store.documents().byLink("site", "stays"));
        assertEquals(List.of(renamed), store.documents().all("site"));
        saved("old", Set.of("key"), Set.of());
    }

    @Test
    void aWordBelongsToOneDocumentOfItsKindOnly() {
        Document one = saved("one", Set.of("alias"), Set.of());
        Document two = saved("two", Set.of(), Set.of("before"));
        for (Document bad : List.of(
                site("one", Set.of(), Set.of()),
                site("alias", Set.of(), Set.of()),
                site("three", Set.of("one"), Set.of()),
                site("three", Set.of("free", "alias"), Set.of()),
                new Document("site", two.id(), "two", Set.of("alias"), Set.of("after"), "{}"))) {
            RefusedException refused =
                    assertThrows(RefusedException.class, () -> store.documents().save(bad));
            assertTrue(String.valueOf(refused.getMessage()).contains("one"), refused::toString);
        }
        assertEquals(List.of(one, two), store.documents().all("site"));
        assertEquals(Optional.empty(), store.documents().byKey("site", "free"));
        assertEquals(List.of(two), store.documents().byLink("site", "before"));
        store.documents().save(new Document("server", Id.next(), "one", Set.of("alias"), Set.of(), "{}"));
    }

    @Test
    void itsOwnNameMayBeItsKeyToo() {
        Document one = saved("one", Set.of("one"), Set.of());
        assertEquals(Optional.of(one), store.documents().byKey("site", "one"));
    }

    @Test
    void deletingForgetsWordsAndMayBeDoneTwice() {
        Document one = saved("one", Set.of("alias"), Set.of("link"));
        store.documents().delete("server", one.id());
        assertEquals(Optional.of(one), store.documents().byId("site", one.id()));
        store.documents().delete("site", one.id());
        store.documents().delete("site", one.id());
        assertEquals(Optional.empty(), store.documents().byKey("site", "alias"));
        assertEquals(List.of(), store.documents().byLink("site", "link"));
        saved("alias", Set.of("one"), Set.of());
    }

    @Test
    void ofManyWhoWantANameOneGetsIt() throws Exception {
        List<Callable<Boolean>> all = Collections.nCopies(16, () -> {
            try {
                saved("wanted", Set.of(), Set.of());
                return true;
            } catch (RefusedException e) {
                return false;
            }
        });
        assertEquals(1, Collections.frequency(StoreUnderTest.together(all), true));
        assertEquals(1, store.documents().all("site").size());
    }

    @Test
    void anyTextIsKeptAsItIs() {
        String odd = "it's \"50%\" _ \\ \n\t \u00e4\u6f22 \ud83d\ude00 ; -- $1 ?";
        Document one =
                new Document("site", Id.next(), odd, Set.of("k" + odd), Set.of("l" + odd), "{\"x\":\"" + odd + "\"}");
        store.documents().save(one);
        assertEquals(Optional.of(one), store.documents().byKey("site", "k" + odd));
        assertEquals(List.of(one), store.documents().byLink("site", "l" + odd));
    }

    @Test
    void afterItWasClosedAllIsThereOrNothing() {
        List<Document> all = IntStream.range(0, 50)
                .mapToObj(i -> saved("site" + (100 + i), Set.of("alias" + i), Set.of("server:" + i % 3)))
                .toList();
        store.documents().delete("site", all.get(0).id());
        store.reopen();
        if (!durable) {
            assertEquals(List.of(), store.documents().all("site"));
            assertEquals(Optional.empty(), store.documents().byKey("site", "alias7"));
            return;
        }
        assertEquals(all.subList(1, 50), store.documents().all("site"));
        assertEquals(Optional.of(all.get(7)), store.documents().byKey("site", "alias7"));
        assertEquals(16, store.documents().byLink("site", "server:0").size());
    }
}
