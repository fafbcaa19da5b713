// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import dev.aegir.host.Secret;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.Secrets;

/** Secrets for steps: those that must be there. */
record SecretSource(Secrets secrets) {
    Secret require(SecretRef reference) {
        return secrets.find(reference)
                .orElseThrow(() -> new RefusedException(
                        "There is no secret \"" + reference + "\"; keep it in the secret store first."));
    }
}
