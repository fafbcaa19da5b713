// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.aegir.host.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The examples of "Signature Calculations for the Authorization Header" in Amazon's S3 API reference. */
class SigV4Test {
    private static final Instant NOW = Instant.parse("2013-05-24T00:00:00Z");
    private static final String HOST = "examplebucket.s3.amazonaws.com";
    private static final SigV4 SIGNER =
            new SigV4("AKIAIOSFODNN7EXAMPLE", Secret.of("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "us-east-1");

    private static String signature(
            String method, String path, Map<String, String> query, Map<String, String> headers, String sum) {
        SortedMap<String, String> all = new TreeMap<>(headers);
        all.put("host", HOST);
        String authorization =
                SIGNER.signed(method, path, new TreeMap<>(query), all, sum, NOW).get("authorization");
        return String.valueOf(authorization).replaceFirst(".*Signature=", "");
    }

    @Test
    void getsAnObject() {
        assertThat(signature("GET", "/test.txt", Map.of(), Map.of("range", "bytes=0-9"), Sums.NOTHING))
                .isEqualTo("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
    }

    @Test
    void putsAnObject() {
        String sum = Sums.of("Welcome to Amazon S3.".getBytes(StandardCharsets.US_ASCII));
        assertThat(signature(
                        "PUT",
                        SigV4.encoded("/test$file.text", true),
                        Map.of(),
                        Map.of("date", "Fri, 24 May 2013 00:00:00 GMT", "x-amz-storage-class", "REDUCED_REDUNDANCY"),
                        sum))
                .isEqualTo("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
    }

    @Test
    void asksForTheLifecycleOfABucket() {
        assertThat(signature("GET", "/", Map.of("lifecycle", ""), Map.of(), Sums.NOTHING))
                .isEqualTo("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
    }

    @Test
    void listsObjects() {
        assertThat(signature("GET", "/", Map.of("max-keys", "2", "prefix", "J"), Map.of(), Sums.NOTHING))
                .isEqualTo("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
    }

    @Test
    void tellsNoSecret() {
        assertThat(SIGNER.toString()).doesNotContain("wJalr");
        assertThat(SigV4.encoded("a b+c/é~", false)).isEqualTo("a%20b%2Bc%2F%C3%A9~");
    }
}
