// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Secret;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files in a bucket, whose server is as unwell as servers are. */
class S3StoreTest {
    private static final String INDEX = "a/b/" + StoreGround.OWNER + "/index";
    private static final String OBJECTS = "a/b/" + StoreGround.OWNER + "/objects/";

    @TempDir
    Path home;

    private PlayedBucket bucket;
    private StoreGround ground;

    @BeforeEach
    void open() throws Exception {
        bucket = new PlayedBucket();
        ground = new StoreGround(home, new S3Engine(), service())
                .secret("s3/id", "the-id")
                .secret("s3/key", "the/secret+key");
        // Of a time that nobody writes at any more.
        ground.sh("mkdir -p empty a/deep; printf one >a/one; printf two >a/deep/two; printf one >same; : >nothing;"
                + " chmod 640 a/one; chmod 750 a; chmod 4755 a/deep/two;"
                + " find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
    }

    private Service service() {
        return Service.of(ServiceKind.FILE, "s3")
                .named("offsite")
                .with("endpoint", bucket.endpoint())
                .with("insecure", "yes")
                .with("bucket", PlayedBucket.NAME)
                .with("prefix", "a/b")
                .with("id", "s3/id")
                .with("key", "s3/key");
    }

    @AfterEach
    void close() {
        ground.close();
        bucket.close();
    }

    private static void fails(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(problem))
                .hasMessageNotContainingAny("the/secret+key");
    }

    private String copied() throws Exception {
        return StoreGround.look(ground.copy);
    }

    private String stored() throws Exception {
        // Nobody gets the rights of another by a file that was brought.
        return StoreGround.look(ground.site).replace("|4755|", "|755|");
    }

    @Test
    void whatIsStoredComesBackAndASecondTimeSendsNothing() throws Exception {
        assertThat(ground.store()).as("what is there twice is sent once").isEqualTo(6);
        assertThat(bucket.objects.keySet())
                .contains(INDEX, OBJECTS + Sums.of("one".getBytes(StandardCharsets.US_ASCII)))
                .hasSize(3);
        assertThat(ground.fetch()).isEqualTo(4);
        assertThat(copied()).isEqualTo(stored());

        bucket.asked.clear();
        assertThat(ground.store()).isZero();
        assertThat(bucket.asked("PUT .*")).as("the index").isEqualTo(1);
        assertThat(ground.fetch()).as("it is all there").isZero();
    }

    @Test
    void whatHasChangedIsSentAndWhatIsGoneIsDeleted() throws Exception {
        ground.store();
        ground.sh("printf three >a/one; rm -r a/deep; mv same other; ln -s ../a empty/link; mkfifo fifo");
        assertThat(ground.store()).isEqualTo(5);
        assertThat(bucket.objects).hasSize(3);
        assertThat(ground.lines).anyMatch(line -> line.contains("pipes"));
        ground.fetch();
        ground.sh("rm fifo; touch -d '2026-01-02 03:04:05.5' .");
        ground.store();
        ground.fetch();
        assertThat(copied()).isEqualTo(stored());
        ground.forget();
        assertThat(bucket.objects).isEmpty();
        fails(Problem.NOTHING, ground::fetch);
    }

    @Test
    void largeFilesAreSeveralObjects() throws Exception {
        ground.sh("head -c 20000000 /dev/zero >zero; head -c 8388608 /dev/urandom >random; cat random random >twice;"
                + " printf x >>random");
        assertThat(ground.store())
                .as("zeros, the rest of them, what is random, and x")
                .isEqualTo(6 + Entry.CHUNK + (20_000_000 - 2 * Entry.CHUNK) + Entry.CHUNK + 1);
        ground.fetch();
        assertThat(copied()).isEqualTo(stored());
        ground.sh("printf y >>zero");
        assertThat(ground.store()).isEqualTo(20_000_001 - 2 * Entry.CHUNK);
    }

    @Test
    void namesAreBytes() throws Exception {
        String component = "x".repeat(120);
        ground.sh("""
                touch -- -e '--checkpoint-action=exec=sh' '*' ' ' "$(printf 'two\\nlines')" 'a"b' 'c\\d' '%41' '$(x)' '.aegir'
                printf caf > "$(printf 'caf\\351')"; printf uni > "$(printf 'caf\\303\\251')"
                mkdir -p LONG/LONG/LONG; printf deep >LONG/LONG/LONG/LONG; ln -s LONG/LONG/LONG/LONG far
                ln -s "$(printf 'two\\nlines')" link; ln a/one hard
                """.replace("LONG", component));
        ground.store();
        ground.fetch();
        assertThat(copied()).isEqualTo(stored()).contains("caf\u00e9", "caf\u00c3\u00a9", component + "/" + component);
    }

    @Test
    void linksThatLeadOutAreLeftOut() throws Exception {
        ground.sh("ln -s /etc/passwd out; ln -s ../../x up; ln -s one a/in; ln -s /etc dir");
        ground.store();
        ground.fetch();
        assertThat(ground.lines.toString()).contains("\"files/out\"", "\"files/up\"", "\"files/dir\"");
        assertThat(copied()).contains("./a/in|l|").doesNotContain("out", "./up", "./dir");
    }

    @Test
    void aLinkInPlaceOfTheDirectoryIsNotFollowed() throws Exception {
        StoreGround.said(home, "mv site/files elsewhere; ln -s ../elsewhere site/files");
        fails(Problem.UNREADABLE, ground::store);
        assertThat(bucket.objects).isEmpty();
    }

    @Test
    void whatCannotBeReadIsNoSuccess() throws Exception {
        ground.store();
        byte[] before = bucket.objects.get(INDEX);
        StoreGround.said(home, "mv site/files elsewhere");
        fails(Problem.UNREADABLE, ground::store);
        assertThat(bucket.objects.get(INDEX)).isEqualTo(before);
    }

    /** Somebody can make directories deeper than any path can say. */
    @Test
    void aPathThatNobodyCanReadIsNotStored() throws Exception {
        ground.store();
        byte[] before = bucket.objects.get(INDEX);
        String deeper = "mkdir NAME; cd -P NAME; ".replace("NAME", "x".repeat(250));
        ground.sh("cd empty; " + deeper.repeat(17));
        try {
            fails(Problem.UNREADABLE, ground::store);
        } finally {
            ground.sh("rm -r empty/x*");
        }
        assertThat(bucket.objects.get(INDEX)).isEqualTo(before);
    }

    @Test
    void whatWasChangedInTheBucketIsNotUsed() throws Exception {
        ground.store();
        String one = OBJECTS + Sums.of("one".getBytes(StandardCharsets.US_ASCII));
        byte[] content = bucket.objects.get(one);
        for (String false1 : List.of("eno", "on", "one more", "")) {
            bucket.objects.put(one, false1.getBytes(StandardCharsets.US_ASCII));
            fails(Problem.DAMAGED, ground::fetch);
        }
        bucket.objects.remove(one);
        fails(Problem.DAMAGED, ground::fetch);
        assertThat(ground.store()).as("what is missing is sent again").isEqualTo(3);
        assertThat(bucket.objects.get(one)).isEqualTo(content);
        ground.fetch();
        assertThat(copied()).isEqualTo(stored());

        String index = new String(bucket.objects.get(INDEX), StandardCharsets.US_ASCII);
        bucket.objects.put(INDEX, index.replace("files/same", "files/../same").getBytes(StandardCharsets.US_ASCII));
        fails(Problem.DAMAGED, ground::fetch);
        assertThat(ground.store()).as("all is read, and nothing is sent twice").isZero();
        assertThat(ground.results).containsEntry("stored.read.files", "4");
        ground.fetch();
    }

    @Test
    void anUnwellServerIsAskedAgain() throws Exception {
        // Whatever is asked for is refused the first time; several are asked at once, so nobody counts them all.
        Set<String> asked = ConcurrentHashMap.newKeySet();
        List<String> faults = List.of("503 SlowDown", "0", "500 InternalError", "429 TooManyRequests");
        bucket.fault = request ->
                asked.add(request) ? Optional.of(faults.get(asked.size() % faults.size())) : Optional.empty();
        ground.store();
        ground.fetch();
        assertThat(copied()).isEqualTo(stored());
    }

    @Test
    void whatWillNotPassIsSaid() throws Exception {
        Map<String, Problem> faults = Map.of(
                "403 AccessDenied", Problem.REFUSED,
                "403 QuotaExceeded", Problem.FULL,
                "507 XMinioStorageFull", Problem.FULL,
                "404 NoSuchBucket", Problem.REFUSED,
                "301 PermanentRedirect", Problem.REFUSED,
                "403 RequestTimeTooSkewed", Problem.REFUSED,
                "501 NotImplemented", Problem.UNREACHABLE);
        for (Map.Entry<String, Problem> each : faults.entrySet()) {
            bucket.fault = request -> request.startsWith("PUT") ? Optional.of(each.getKey()) : Optional.empty();
            fails(each.getValue(), ground::store);
            assertThat(bucket.objects).isEmpty();
            if (!each.getValue().equals(Problem.FULL)) {
                bucket.fault = request -> Optional.of(each.getKey());
                fails(each.getValue(), ground::fetch);
            }
        }
    }

    @Test
    void whatIsBrokenOffLeavesWhatWasThereAndGoesOn() throws Exception {
        ground.store();
        ground.sh("for i in 1 2 3 4 5 6 7 8; do printf $i >new$i; done; rm same");
        AtomicInteger puts = new AtomicInteger();
        bucket.fault = request -> request.startsWith("PUT") && puts.getAndIncrement() >= 5
                ? Optional.of("403 AccessDenied")
                : Optional.empty();
        fails(Problem.REFUSED, ground::store);
        ground.fetch();
        assertThat(copied()).contains("./same").doesNotContain("new");
        bucket.fault = request -> Optional.empty();
        assertThat(ground.store()).as("what was sent is not sent again").isEqualTo(3);
        ground.fetch();
        assertThat(copied()).isEqualTo(stored());
    }

    @Test
    void aFetchGoesOnAndDeletesWhatIsTooMuch() throws Exception {
        ground.store();
        ground.fetch();
        StoreGround.said(
                ground.copy, "rm a/one; mkdir -p a/more; printf x >a/more/x; printf x >' -e'; rm same; mkdir same");
        assertThat(ground.fetch()).isEqualTo(2);
        assertThat(copied()).isEqualTo(stored());
    }

    @Test
    void settingsAreRead() {
        Service service = service();
        assertThat(Place.bucket(Name.of("vault"), service)
                        .bucket()
                        .orElseThrow()
                        .inHost())
                .isFalse();
        Place amazon = Place.bucket(
                Name.of("vault"),
                Service.of(ServiceKind.FILE, "s3")
                        .with("bucket", "sites")
                        .with("region", "eu-central-1")
                        .with("id", "a")
                        .with("key", "b"));
        assertThat(amazon.bucket().orElseThrow())
                .returns("https://s3.eu-central-1.amazonaws.com", Place.Bucket::endpoint)
                .returns(true, Place.Bucket::inHost);
        assertThat(Place.bucket(Name.of("vault"), service.with("endpoint", "https://s3.example.net:443"))
                        .bucket()
                        .orElseThrow()
                        .endpoint())
                .isEqualTo("https://s3.example.net");
        Map<String, String> refused = Map.of(
                "insecure", "no",
                "endpoint", "ftp://s3.example.net",
                "bucket", "../x",
                "prefix", "/a",
                "lookup", "any",
                "connections", "9",
                "bandwidth", "-1",
                "timeout", "1");
        refused.forEach((name, value) -> assertThatThrownBy(
                        () -> Place.bucket(Name.of("vault"), service.with(name, value)))
                .as(name)
                .isInstanceOf(InvalidValueException.class));
        assertThatThrownBy(() -> Place.bucket(
                        Name.of("vault"), Service.of(ServiceKind.FILE, "s3").with("bucket", "sites")))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("setting id");
    }

    @Test
    void aServerThatIsNotThereIsSaidToBeUnreachable() throws Exception {
        Place place = Place.bucket(Name.of("vault"), service());
        bucket.close();
        try (ObjectStore objects = new S3Objects(
                place,
                place.bucket().orElseThrow(),
                new SigV4("the-id", Secret.of("k"), "us-east-1"),
                new Retries(2, Duration.ofMillis(2)))) {
            assertThatThrownBy(() -> objects.get("x", 1))
                    .isInstanceOfSatisfying(
                            FileStoreException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.UNREACHABLE))
                    .hasMessageContaining("asked 3 times");
        }
    }

    @Test
    void aBandwidthIsKept() throws Exception {
        ground.sh("head -c 300000 /dev/urandom >large");
        try (StoreGround slow = new StoreGround(home, new S3Engine(), service().with("bandwidth", "100"))
                .secret("s3/id", "the-id")
                .secret("s3/key", "k")) {
            long begun = System.nanoTime();
            slow.store();
            assertThat((System.nanoTime() - begun) / 1_000_000).isGreaterThan(2500);
        }
    }
}
