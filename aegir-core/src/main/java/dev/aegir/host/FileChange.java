// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import java.util.Optional;

/** How one file of a set shall be. */
public sealed interface FileChange permits FileChange.Write, FileChange.Delete {
    /**
     * Which file.
     *
     * @return the path
     */
    HostPath path();

    /**
     * Whose it is. When present, a file that is there already must bear this id in its text, or nothing at all is
     * changed.
     *
     * @return the owner's id, if the file is owned
     */
    Optional<Id> owner();

    /**
     * A file with exactly this content. Missing directories above it are made (0755, root).
     *
     * @param path which file
     * @param content its text, stored as UTF-8
     * @param mode its permissions as four octal digits, such as {@code 0644}
     * @param account the account and group it belongs to, such as {@code root:root}
     * @param owner whose it is; the content must then bear the id too
     */
    record Write(HostPath path, String content, String mode, String account, Optional<Id> owner) implements FileChange {
        /** Validates. */
        public Write {
            if (!mode.matches("0[0-7]{3}")) {
                throw new InvalidValueException("mode", mode, "four octal digits without setuid, setgid or sticky");
            }
            if (!account.matches("[a-z_][a-z0-9_-]{0,31}:[a-z_][a-z0-9_-]{0,31}")) {
                throw new InvalidValueException("account", account, "write it as user:group");
            }
            if (owner.isPresent() && !content.contains(owner.get().value())) {
                throw new InvalidValueException("file", path.value(), "its content does not bear its owner's id");
            }
        }
    }

    /**
     * No file, or link, there.
     *
     * @param path which file
     * @param owner whose it must be
     */
    record Delete(HostPath path, Optional<Id> owner) implements FileChange {
        /** Makes it. */
        public Delete {}
    }
}
