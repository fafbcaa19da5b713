// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.FileStore;
import dev.aegir.testkit.FileStoreContract;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

// tag::contract[]
/** What every store must keep, in a bucket. */
class S3ContractTest extends FileStoreContract {
    private Optional<PlayedBucket> bucket = Optional.empty();

    @Override
    protected FileStore engine() {
        return new S3Engine();
    }

    @Override
    protected FileStoreGround open(Path directory) throws Exception {
        PlayedBucket fresh = new PlayedBucket();
        bucket = Optional.of(fresh);
        return new FileStoreGround(
                        directory,
                        engine(),
                        Service.of(ServiceKind.FILE, "s3")
                                .named("offsite")
                                .with("endpoint", fresh.endpoint())
                                .with("insecure", "yes")
                                .with("bucket", PlayedBucket.NAME)
                                .with("id", "s3/id")
                                .with("key", "s3/key"))
                .secret("s3/id", "the-id")
                .secret("s3/key", "the-secret-key");
    }

    @AfterEach
    void close() {
        bucket.ifPresent(PlayedBucket::close);
    }
}
// end::contract[]
