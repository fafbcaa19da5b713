// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Settings;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Who can read the backups of a service, and who has made them.
 *
 * @param recipients the public keys of age that new backups are encrypted to; none for backups that are not encrypted
 * @param identity the secret that opens them
 * @param signing the secret that new backups are signed with
 * @param signers the public keys of which one must have signed a backup before it is read; none when that is not asked for
 */
record Protection(
        List<String> recipients, Optional<SecretRef> identity, Optional<SecretRef> signing, List<String> signers) {
    /** Of native recipients of age; it checks their checksums itself. */
    private static final String RECIPIENT = "age1[02-9ac-hj-np-z]{58}";

    private static final int MOST = 20;

    Protection {
        recipients = List.copyOf(recipients);
        signers = List.copyOf(signers);
        for (String each : recipients) {
            if (!each.matches(RECIPIENT)) {
                throw new InvalidValueException(
                        "recipients", each, "a public key of age begins with age1, as age-keygen prints it");
            }
        }
        signers.forEach(Signatures::key);
        if (recipients.size() > MOST || signers.size() > MOST) {
            throw new InvalidValueException("keys", recipients + ", " + signers, "at most " + MOST + " of each kind");
        }
    }

    /** As the settings of a service say. */
    static Protection of(Settings settings) {
        return new Protection(
                words(settings.text("recipients").orElse("")),
                settings.secret("identity"),
                settings.secret("signing-key"),
                words(settings.text("signed-by").orElse("")));
    }

    /** Of what came from elsewhere: it is only read. */
    static Protection of(Optional<SecretRef> identity, Optional<String> signedBy) {
        return new Protection(List.of(), identity, Optional.empty(), words(signedBy.orElse("")));
    }

    private static List<String> words(String text) {
        return Stream.of(text.split("[, ]+"))
                .filter(word -> !word.isEmpty())
                .sorted()
                .distinct()
                .toList();
    }

    boolean encrypts() {
        return !recipients.isEmpty();
    }
}
