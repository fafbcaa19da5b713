// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Function;

/**
 * Which content of a file nginx has loaded: every file of ours answers, under a path of its own, with a hash of itself.
 *
 * @param path the path that answers
 * @param hash what it answers
 */
record NginxGeneration(String path, String hash) {
    private static final String WELL_KNOWN = "/.well-known/aegir/";

    /**
     * A file and its generation.
     *
     * @param content the file
     * @param generation its generation
     */
    record File(String content, NginxGeneration generation) {}

    /** A file whose path is known. */
    static File at(String name, Function<NginxGeneration, String> render) {
        String draft = render.apply(new NginxGeneration(WELL_KNOWN + name, ""));
        NginxGeneration generation = new NginxGeneration(WELL_KNOWN + name, hash(draft));
        return new File(render.apply(generation), generation);
    }

    /** A file whose path nobody can guess. */
    static File hidden(Function<NginxGeneration, String> render) {
        String hash = hash(render.apply(new NginxGeneration(WELL_KNOWN, "")));
        NginxGeneration generation = new NginxGeneration(WELL_KNOWN + hash, hash);
        return new File(render.apply(generation), generation);
    }

    /** What answers. */
    NginxDirective location() {
        return NginxDirective.directive("location", NginxValue.expression("="), NginxValue.literal(path))
                .with(
                        NginxDirective.fixed("access_log", "off"),
                        NginxDirective.fixed("default_type", "text/plain"),
                        NginxDirective.directive("return", NginxValue.expression("200"), NginxValue.literal(hash)));
    }

    static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
