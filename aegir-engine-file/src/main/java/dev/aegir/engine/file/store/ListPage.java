// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.ByteArrayInputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * A page of a listing, as the second version of S3's ListObjects answers.
 *
 * @param objects the objects
 * @param next what the next page is asked for with; absent for the last
 */
record ListPage(List<Listed> objects, Optional<String> next) {
    private static final int MOST = 10_000;

    /**
     * An object.
     *
     * @param key its whole name
     * @param size its length
     */
    record Listed(String key, long size) {}

    ListPage {
        objects = List.copyOf(objects);
    }

    /**
     * Reads a page. No entity, and nothing from elsewhere, is ever looked at.
     *
     * @throws IllegalArgumentException when it is none
     */
    static ListPage read(byte[] xml) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_COALESCING, true);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(xml));
            try {
                return new Reading().read(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException | NumberFormatException e) {
            throw new IllegalArgumentException("this is no listing: " + e.getMessage(), e);
        }
    }

    private static final class Reading {
        private final List<Listed> objects = new ArrayList<>();
        private final Deque<String> within = new ArrayDeque<>();
        private final StringBuilder text = new StringBuilder();
        private String key = "";
        private String size = "";
        private String next = "";
        private boolean more;
        private boolean listing;

        ListPage read(XMLStreamReader reader) throws XMLStreamException {
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.START_ELEMENT -> {
                        within.push(reader.getLocalName());
                        text.setLength(0);
                        listing |= within.size() == 1 && reader.getLocalName().equals("ListBucketResult");
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                    case XMLStreamConstants.END_ELEMENT -> ended(within.pop());
                    default -> {}
                }
            }
            if (!listing || more && next.isEmpty()) {
                throw new IllegalArgumentException("this is no whole listing");
            }
            return new ListPage(objects, more ? Optional.of(next) : Optional.empty());
        }

        private void ended(String element) {
            boolean inObject = within.size() == 2 && within.peek().equals("Contents");
            String value = text.toString();
            text.setLength(0);
            if (inObject && element.equals("Key")) {
                key = value;
            } else if (inObject && element.equals("Size")) {
                size = value.strip();
            } else if (within.size() == 1) {
                switch (element) {
                    case "IsTruncated" -> more = value.strip().equals("true");
                    case "NextContinuationToken" -> next = value;
                    case "Contents" -> {
                        if (objects.size() == MOST) {
                            throw new IllegalArgumentException("a page has more than was asked for");
                        }
                        objects.add(new Listed(key, Long.parseLong(size)));
                        key = "";
                        size = "";
                    }
                    default -> {}
                }
            }
        }
    }
}
