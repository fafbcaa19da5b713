// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** One entry of a fake host's file tree. Immutable; equal when mode, account and content are. */
sealed interface Node {
    /** A directory. */
    record Directory(String mode, String account) implements Node {
        static final Directory PLAIN = new Directory("0755", "root:root");
    }

    /** A regular file; the buffer is read-only and never moved. */
    record Regular(ByteBuffer content, String mode, String account) implements Node {
        static Regular of(byte[] content, String mode, String account) {
            return new Regular(ByteBuffer.wrap(content.clone()).asReadOnlyBuffer(), mode, account);
        }

        static Regular of(String text, String mode, String account) {
            return of(text.getBytes(StandardCharsets.UTF_8), mode, account);
        }

        byte[] bytes() {
            byte[] copy = new byte[content.remaining()];
            content.duplicate().get(copy);
            return copy;
        }

        String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }
    }

    /** A symbolic link. */
    record Link(String target) implements Node {}

    /** The text of an entry, if there is one and it is a file. */
    static Optional<String> text(Optional<Node> node) {
        return node.filter(Node.Regular.class::isInstance).map(file -> ((Node.Regular) file).text());
    }

    /** The entry as a person would look at it. */
    default String shown() {
        if (this instanceof Regular file) {
            return file.mode() + " " + file.account() + "\n" + file.text();
        }
        return this instanceof Link link ? "link to " + link.target() + "\n" : "directory\n";
    }
}
