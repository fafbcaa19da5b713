// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
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
    static Path kept;

    @TempDir
    Path home;

    private static Optional<Process> server = Optional.empty();
    private static String endpoint = "";

    @BeforeAll
    static void start() throws Exception {
        Path settings = kept.resolve("s3proxy.properties");
        Files.createDirectories(kept.resolve("objects/sites"));
        Files.writeString(settings, """
                s3proxy.endpoint=http://127.0.0.1:0
                s3proxy.authorization=aws-v4
                s3proxy.identity=the-id
                s3proxy.credential=the/secret+key
                jclouds.provider=filesystem-nio2
                jclouds.identity=none
                jclouds.credential=none
                jclouds.filesystem.basedir=%s
                """.formatted(kept.resolve("objects")));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        "target/s3/s3proxy.jar",
                        "--properties",
                        settings.toString())
                .redirectErrorStream(true)
                .start();
        server = Optional.of(process);
        BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        // It has the port that the system gives it, and says which.
        Pattern started = Pattern.compile("Started ServerConnector.*\\{127\\.0\\.0\\.1:([0-9]+)}.*");
        String line = said.readLine();
        while (line != null && endpoint.isEmpty()) {
            Matcher port = started.matcher(line);
            if (port.find()) {
                endpoint = "http://127.0.0.1:" + port.group(1);
            }
            line = said.readLine();
        }
        // What it says later is read, or it would wait for somebody to do so.
        Thread rest = new Thread(() -> said.lines().forEach(each -> {}), "s3proxy");
        rest.setDaemon(true);
        rest.start();
        assertThat(endpoint).as("where the server listens").isNotEmpty();
    }

    @AfterAll
    static void stop() {
        server.ifPresent(Process::destroyForcibly);
    }

    private static Service service() {
        return Service.of(ServiceKind.FILE, "s3")
                .named("offsite")
                .with("endpoint", endpoint)
                .with("insecure", "yes")
                .with("bucket", "sites")
                .with("prefix", "vault/one")
                .with("id", "s3/id")
                .with("key", "s3/key");
    }

    private static long objects() throws IOException {
        try (Stream<Path> all = Files.walk(kept.resolve("objects/sites"))) {
            return all.filter(Files::isRegularFile).count();
        }
    }

    @Test
    void filesGoThereAndComeBack() throws Exception {
        try (StoreGround ground = new StoreGround(home, new S3Engine(), service())
                .secret("s3/id", "the-id")
                .secret("s3/key", "the/secret+key")) {
            ground.sh(
                    "mkdir -p a/b empty; for i in $(seq 40); do echo $i >a/$i; done; head -c 20000000 /dev/urandom >large;"
                            + " printf x >\"$(printf 'a/caf\\\\351 -e\\n')\"; ln -s a/1 link; chmod 600 a/2;"
                            + " find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
            ground.store();
            assertThat(objects())
                    .as("an index, 41 small ones, and 3 of what is large")
                    .isEqualTo(45);
            assertThat(ground.fetch()).isEqualTo(42);
            assertThat(StoreGround.look(ground.copy)).isEqualTo(StoreGround.look(ground.site));

            ground.sh("echo more >a/1; rm a/3");
            assertThat(ground.store()).as("one object goes").isEqualTo(5);
            assertThat(objects()).as("and two are deleted").isEqualTo(44);
            ground.fetch();
            assertThat(StoreGround.look(ground.copy)).isEqualTo(StoreGround.look(ground.site));

            ground.secret("s3/key", "wrong");
            assertThatThrownBy(ground::store)
                    .isInstanceOfSatisfying(
                            FileStoreException.class,
                            e -> assertThat(e.problem()).isEqualTo(Problem.REFUSED))
                    .hasMessageContaining("SignatureDoesNotMatch")
                    .hasMessageNotContaining("wrong");
            ground.secret("s3/key", "the/secret+key");
            ground.forget();
            assertThat(objects()).isZero();
        }
    }

    /** More than a page of them. */
    @Test
    void aLongListingHasPages() throws Exception {
        Place place = Place.bucket(Name.of("vault"), service().with("prefix", "many"));
        SigV4 signer = new SigV4("the-id", Secret.of("the/secret+key"), "us-east-1");
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
