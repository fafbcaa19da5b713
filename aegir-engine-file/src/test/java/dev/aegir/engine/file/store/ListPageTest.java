// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Listings, as servers answer and as they should not. */
class ListPageTest {
    private static final String BEGIN = "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";

    private static ListPage read(String xml) {
        return ListPage.read(xml.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aPageHasObjectsAndMayHaveANext() {
        ListPage page = read("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + BEGIN + """
                <Name>sites</Name><Prefix>a</Prefix><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys><IsTruncated>true</IsTruncated>
                <Contents><Key>a&amp;b</Key><LastModified>2026-11-21T09:00:00.000Z</LastModified><ETag>"0"</ETag>
                <Size> 17 </Size><Owner><ID>x</ID><DisplayName>Key</DisplayName></Owner></Contents>
                <Contents><Key>a/c</Key><Size>0</Size></Contents>
                <NextContinuationToken>to/ken==</NextContinuationToken></ListBucketResult>""");
        assertThat(page.objects()).containsExactly(new ListPage.Listed("a&b", 17), new ListPage.Listed("a/c", 0));
        assertThat(page.next()).contains("to/ken==");
    }

    @Test
    void theLastPageHasNone() {
        assertThat(read(BEGIN + "<IsTruncated>false</IsTruncated></ListBucketResult>"))
                .isEqualTo(new ListPage(List.of(), Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no XML",
                "<html><body>Welcome</body></html>",
                BEGIN,
                BEGIN + "<IsTruncated>true</IsTruncated></ListBucketResult>",
                BEGIN + "<Contents><Key>a</Key></Contents></ListBucketResult>",
                BEGIN + "<Contents><Key>a</Key><Size>many</Size></Contents></ListBucketResult>",
                "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>" + BEGIN
                        + "<Contents><Key>&e;</Key><Size>1</Size></Contents></ListBucketResult>"
            })
    void whatIsNoListingIsRefused(String xml) {
        assertThatThrownBy(() -> read(xml)).isInstanceOf(IllegalArgumentException.class);
    }
}
