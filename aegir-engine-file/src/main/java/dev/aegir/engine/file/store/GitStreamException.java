// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import java.io.IOException;

/** A stream to or from git broke, while another was used that did not. */
final class GitStreamException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final IOException broken;

    GitStreamException(IOException broken) {
        super(broken);
        this.broken = broken;
    }

    IOException broken() {
        return broken;
    }
}
