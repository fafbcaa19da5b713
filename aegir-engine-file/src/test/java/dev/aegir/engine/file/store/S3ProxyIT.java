// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Secret;
import dev.aegir.lab.LabBucket;
import dev.aegir.model.Name;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bucket of S3Proxy, a server that others have written and that checks every signature. */
@Tag("lab")
@Timeout(120)
class S3ProxyIT {
    @TempDir
    Path home;

    private static LabBucket bucket;

    @BeforeAll
    static void start() {
        bucket = LabBucket.open("127.0.0.1");
    }

    @AfterAll
    static void stop() {
        bucket.close();
    }

    private static Service service() {
        return Service.of(ServiceKind.FILE, "s3")
                .named("offsite")
                .with("endpoint", bucket.endpoint())
                .with("insecure", "yes")
                .with("bucket", LabBucket.NAME)
                .with("prefix", "vault/one")
                .with("id", "s3/id")
                .with("key", "s3/key");
    }

    @Test
    void filesGoThereAndComeBack() throws Exception {
        try (FileStoreGround ground = new FileStoreGround(home, new S3Engine(), service())
                .secret("s3/id", LabBucket.ID)
                .secret("s3/key", LabBucket.KEY)) {
            ground.sh(
                    "mkdir -p a/b empty; for i in $(seq 40); do echo $i >a/$i; done; head -c 20000000 /dev/urandom >large;"
                            + " printf x >\"$(printf 'a/caf\\\\351 -e\\n')\"; ln -s a/1 link; chmod 600 a/2;"
                            + " find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
            ground.store();
            assertThat(bucket.objects())
                    .as("an index, 41 small ones, and 3 of what is large")
                    .hasSize(45);
            assertThat(ground.fetch()).isEqualTo(42);
            assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));

            ground.sh("echo more >a/1; rm a/3");
            assertThat(ground.store()).as("one object goes").isEqualTo(5);
            assertThat(bucket.objects()).as("and two are deleted").hasSize(44);
            ground.fetch();
            assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));

            ground.secret("s3/key", "wrong");
            assertThatThrownBy(ground::store)
                    .isInstanceOfSatisfying(
                            FileStoreException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.REFUSED))
                    .hasMessageContaining("SignatureDoesNotMatch")
                    .hasMessageNotContaining("wrong");
            ground.secret("s3/key", LabBucket.KEY);
            ground.forget();
            assertThat(bucket.objects()).isEmpty();
        }
    }

    /** More than a page of them. */
    @Test
    void aLongListingHasPages() throws Exception {
        Place place = Place.bucket(Name.of("vault"), service().with("prefix", "many"));
        SigV4 signer = new SigV4(LabBucket.ID, Secret.of(LabBucket.KEY), "us-east-1");
        try (ObjectStore objects = new S3Objects(place, place.bucket().orElseThrow(), signer, Retries.USUAL)) {
            for (int i = 0; i < 1005; i++) {
                objects.put("x/" + i, new byte[i % 7]);
            }
            long[] seen = {0, 0};
            objects.list("x/", (name, size) -> {
                seen[0]++;
                seen[1] += size - Integer.parseInt(name.substring(2)) % 7;
            });
            assertThat(seen).containsExactly(1005, 0);
            for (int i = 0; i < 1005; i++) {
                objects.delete("x/" + i);
            }
            objects.delete("x/0");
        }
    }
}
