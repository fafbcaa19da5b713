// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;

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
     * @param secrets what stands in the content for secrets, such as <code>{{password}}</code>; they are put in when the file
     *     is written, and nothing shows the content of such a file
     */
    record Write(
            HostPath path,
            String content,
            String mode,
            String account,
            Optional<Id> owner,
            Map<String, SecretText> secrets)
            implements FileChange {
        private static final Pattern MODE = Pattern.compile("0[0-7]{3}");
        private static final Pattern ACCOUNT = Pattern.compile("[a-z_][a-z0-9_-]{0,31}:[a-z_][a-z0-9_-]{0,31}");

        /** Validates and copies. */
        public Write {
            secrets = Collections.unmodifiableMap(new TreeMap<>(secrets));
            if (!MODE.matcher(mode).matches()) {
                throw new InvalidValueException("mode", mode, "four octal digits without setuid, setgid or sticky");
            }
            if (!ACCOUNT.matcher(account).matches()) {
                throw new InvalidValueException("account", account, "write it as user:group");
            }
            if (owner.isPresent() && !content.contains(owner.get().value())) {
                throw new InvalidValueException("file", path.value(), "its content does not bear its owner's id");
            }
            for (String placeholder : secrets.keySet()) {
                if (!placeholder.matches("\\{\\{[a-z0-9.-]{1,60}}}")) {
                    throw new InvalidValueException("placeholder", placeholder, "write it as {{name}}");
                }
            }
            if (!secrets.isEmpty() && mode.charAt(3) != '0') {
                throw new InvalidValueException("mode", mode, path + " has secrets, and everybody could read it");
            }
        }

        /**
         * A file without secrets.
         *
         * @param path which file
         * @param content its text, stored as UTF-8
         * @param mode its permissions as four octal digits
         * @param account the account and group it belongs to
         * @param owner whose it is
         */
        public Write(HostPath path, String content, String mode, String account, Optional<Id> owner) {
            this(path, content, mode, account, owner, Map.of());
        }

        /**
         * Whether it has secrets, so that its content must not be shown.
         *
         * @return whether it has
         */
        public boolean confidential() {
            return !secrets.isEmpty();
        }

        @Override
        public String toString() {
            return "Write[" + path + " " + mode + " " + account + ", " + content.length() + " characters"
                    + (confidential() ? ", confidential]" : "]");
        }

        /** With its secrets in their places. */
        Write with(Function<SecretRef, Optional<Secret>> known) {
            String text = content;
            for (Map.Entry<String, SecretText> each : secrets.entrySet()) {
                Optional<Secret> secret = known.apply(each.getValue().secret());
                if (secret.isPresent()) {
                    text = text.replace(each.getKey(), each.getValue().text(secret.get()));
                }
            }
            return new Write(path, text, mode, account, owner, secrets);
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
