// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** PHP of ours, from files beside this class. */
final class PhpResource {
    private static final String TAG = "<?php\n";

    private PhpResource() {}

    /** A whole file. */
    static String file(String name) {
        try (InputStream in = PhpResource.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("this module's jar has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file without the tag it begins with, to be a part of another or of a command. */
    static String code(String name) {
        String text = file(name);
        if (!text.startsWith(TAG)) {
            throw new IllegalStateException(name + " is no PHP");
        }
        return text.substring(TAG.length());
    }
}
