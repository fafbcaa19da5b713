// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Secret;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import dev.aegir.task.StepContext;

/** Opens stores, with the secrets of a step. */
final class Stores {
    private Stores() {}

    static ObjectStore open(Place place, StepContext context) {
        SecretRef id = place.bucket().id();
        String name = context.secret(id).reveal().strip();
        if (!name.matches("[!-~&&[^,/=]]{1,200}")) {
            throw new RefusedException("The secret " + id + " is no id of an access key.");
        }
        Secret key = Secret.of(context.secret(place.bucket().key()).reveal().strip());
        return new S3Objects(place, new SigV4(name, key, place.bucket().region()), S3Objects.Retries.USUAL);
    }
}
