// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.engine.backup.internal.Programs;
import dev.aegir.host.Input;
import dev.aegir.host.Secret;
import dev.aegir.model.Backup;
import dev.aegir.model.SecretRef;
import dev.aegir.task.StepContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What opens the files of one backup while a step runs: nothing when none is encrypted. It reaches a program through pipes only,
 * and so only scripts that are started as streams: what is run once lies on a disk for a moment.
 */
final class Opening {
    /** What stored files are called that are encrypted. */
    static final String AGE = ".age";

    private static final String IDENTITY = "AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}";

    /** For what is not encrypted. */
    static final Opening NONE = new Opening("", Optional.empty(), Input.none());

    private final Object backup;
    private final Optional<SecretRef> name;
    private final Input line;

    private Opening(Object backup, Optional<SecretRef> name, Input line) {
        this.backup = backup;
        this.name = name;
        this.line = line;
    }

    /** For what may be encrypted; refused when it is and nothing is there that could open it. */
    static Opening of(StepContext context, Optional<SecretRef> identity, Object backup, Collection<Backup.Part> parts) {
        return of(
                context, identity, backup, parts.stream().map(Backup.Part::file).toArray(String[]::new));
    }

    /** The same, for stored files of these names. */
    static Opening of(StepContext context, Optional<SecretRef> identity, Object backup, String... files) {
        if (Stream.of(files).noneMatch(file -> file.endsWith(AGE))) {
            return new Opening(backup, identity, Input.none());
        }
        SecretRef name = identity.orElseThrow(() -> new EncryptedBackupException("The backup " + backup
                + " is encrypted, and nothing says which secret opens it: set identity in its service, or name it in the"
                + " task. Nothing was changed."));
        Secret secret = context.findSecret(name)
                .orElseThrow(() -> new EncryptedBackupException("The backup " + backup
                        + " is encrypted, and the secret " + name
                        + " that opens it is not there: keep the identity of age"
                        + " under that name. Nothing was changed."));
        boolean known = secret.reveal()
                .lines()
                .map(String::strip)
                .filter(each -> !each.isEmpty() && !each.startsWith("#"))
                .allMatch(each -> each.matches(IDENTITY));
        if (!known || !secret.reveal().contains("AGE-SECRET-KEY-1")) {
            throw new EncryptedBackupException(
                    "The secret " + name + " is no identity of age, as age-keygen makes one. Nothing was changed.");
        }
        String base64 =
                Base64.getEncoder().encodeToString(secret.reveal().strip().getBytes(StandardCharsets.UTF_8));
        return new Opening(backup, identity, Input.secret(Secret.of(base64 + "\n")));
    }

    static boolean encrypted(Backup.Part part) {
        return part.file().endsWith(AGE);
    }

    /** The line that scripts read first, if any file they open is encrypted. */
    Input line() {
        return line;
    }

    /** Fails when it is this that does not fit: then nobody knows whether the backup is whole. */
    void requireFitting(Programs.Ended ended) {
        if (ended.ended().getOrDefault("age", 0) != 0 && ended.complaints().contains("no identity matched")) {
            throw new EncryptedBackupException("The backup " + backup + " is encrypted, and not to "
                    + name.map(each -> "the key in the secret " + each).orElse("any key that is known")
                    + ": find the identity of the recipients it was made for. Nothing was changed.");
        }
    }
}
