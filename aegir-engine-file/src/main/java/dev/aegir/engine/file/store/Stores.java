// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Secret;
import dev.aegir.model.RefusedException;
import dev.aegir.task.StepContext;

/** Opens stores, with the secrets of a step. */
final class Stores {
    private Stores() {}

    static ObjectStore open(Place place, StepContext context) throws InterruptedException {
        if (place.bucket().isPresent()) {
            return bucket(place, place.bucket().get(), context);
        } else if (place.directory().isPresent()) {
            return new DirectoryObjects(
                    place, place.directory().get(), context.host(place.service().server()), Retries.USUAL);
        }
        Place.Account account = place.account().orElseThrow();
        return new SftpObjects(place, account, context.secret(account.key()), Retries.USUAL);
    }

    private static ObjectStore bucket(Place place, Place.Bucket bucket, StepContext context) {
        String id = context.secret(bucket.id()).reveal().strip();
        if (!id.matches("[!-~&&[^,/=]]{1,200}")) {
            throw new RefusedException("The secret " + bucket.id() + " is no id of an access key.");
        }
        Secret key = Secret.of(context.secret(bucket.key()).reveal().strip());
        return new S3Objects(place, bucket, new SigV4(id, key, bucket.region()), Retries.USUAL);
    }
}
