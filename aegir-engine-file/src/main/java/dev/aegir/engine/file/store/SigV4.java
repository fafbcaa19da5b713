// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests to S3 with version 4 of the signature, headers only.
 *
 * @param id the access key's id
 * @param key the secret access key
 * @param region the bucket's region
 */
record SigV4(String id, Secret key, String region) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    /**
     * The headers of a request, with those that sign it.
     *
     * @param method the method
     * @param path the path as it is sent, percent-encoded once
     * @param query the names and values, not encoded
     * @param headers those to sign, with {@code host}, in lower case
     * @param sha256 the checksum of the body
     * @param now the time
     * @return all headers
     */
    SortedMap<String, String> signed(
            String method,
            String path,
            SortedMap<String, String> query,
            Map<String, String> headers,
            String sha256,
            Instant now) {
        String time = TIME.format(now);
        SortedMap<String, String> all = new TreeMap<>(headers);
        all.put("x-amz-content-sha256", sha256);
        all.put("x-amz-date", time);
        String names = String.join(";", all.keySet());
        String canonical = String.join(
                "\n",
                method,
                path,
                query(query),
                all.entrySet().stream()
                        .map(each -> each.getKey() + ":" + each.getValue().strip() + "\n")
                        .collect(Collectors.joining()),
                names,
                sha256);
        String scope = time.substring(0, 8) + "/" + region + "/s3/aws4_request";
        String text = String.join("\n", ALGORITHM, time, scope, Sums.of(canonical.getBytes(StandardCharsets.UTF_8)));
        byte[] signing = ("AWS4" + key.reveal()).getBytes(StandardCharsets.UTF_8);
        for (String each : scope.split("/")) {
            signing = hmac(signing, each);
        }
        all.put(
                "authorization",
                ALGORITHM + " Credential=" + id + "/" + scope + ",SignedHeaders=" + names + ",Signature="
                        + Sums.hex(hmac(signing, text)));
        return all;
    }

    /** As it is signed, and sent. */
    static String query(SortedMap<String, String> query) {
        return query.entrySet().stream()
                .map(each -> encoded(each.getKey(), false) + "=" + encoded(each.getValue(), false))
                .collect(Collectors.joining("&"));
    }

    /** All but what RFC 3986 calls unreserved is encoded. */
    static String encoded(String text, boolean path) {
        StringBuilder out = new StringBuilder();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            if (c >= 'a' && c <= 'z'
                    || c >= 'A' && c <= 'Z'
                    || c >= '0' && c <= '9'
                    || "-._~".indexOf(c) >= 0
                    || path && c == '/') {
                out.append(c);
            } else {
                out.append(String.format("%%%02X", (int) c));
            }
        }
        return out.toString();
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC with SHA-256", e);
        }
    }
}
