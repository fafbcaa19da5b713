// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.host.Secret;
import dev.aegir.model.RefusedException;
import dev.aegir.model.SecretRef;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSecretsTest {
    private static final SecretRef KEY = SecretRef.of("ssh/web1.key");

    @TempDir
    private Path home;

    private Path directory() {
        return home.resolve("secrets");
    }

    @Test
    void keepsAndForgets() {
        FileSecrets secrets = new FileSecrets(directory());
        assertThat(secrets.find(KEY)).isEmpty();
        secrets.forget(KEY);
        for (String text : List.of("hunter2", "", "a\nb\n", "\u00e9\ud83d\ude00\0", "x".repeat(100_000))) {
            secrets.keep(KEY, Secret.of(text));
            assertThat(new FileSecrets(directory()).find(KEY)).contains(Secret.of(text));
        }
        secrets.forget(KEY);
        assertThat(secrets.find(KEY)).isEmpty();
    }

    @Test
    void listsWhatIsBelowAName() {
        FileSecrets secrets = new FileSecrets(directory());
        assertThat(secrets.below(SecretRef.of("site/a"))).isEmpty();
        for (String name : List.of("site/a", "site/a/db", "site/a/user/ann.1", "site/ab/db", "other/site/a/db")) {
            secrets.keep(SecretRef.of(name), Secret.of("x"));
        }
        assertThat(secrets.below(SecretRef.of("site/a")))
                .containsExactlyInAnyOrder(SecretRef.of("site/a/db"), SecretRef.of("site/a/user/ann.1"));
        assertThat(secrets.below(SecretRef.of("site/a/db"))).isEmpty();
    }

    @Test
    void onlyTheirOwnerReadsThem() throws IOException {
        new FileSecrets(directory()).keep(KEY, Secret.of("hunter2"));
        try (Stream<Path> all = Files.walk(directory())) {
            assertThat(all.toList())
                    .hasSize(3)
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
    }

    /** Whoever reads while another writes has the old or the new one, never a part; nothing else is left behind. */
    @Test
    void areReplacedAtOnce() throws Exception {
        FileSecrets secrets = new FileSecrets(directory());
        String a = "a".repeat(50_000);
        String b = "b".repeat(70_000);
        secrets.keep(KEY, Secret.of(a));
        AtomicBoolean done = new AtomicBoolean();
        ExecutorService pool = Executors.newSingleThreadExecutor();
        try {
            Future<Integer> reads = pool.submit(() -> {
                int count = 0;
                while (!done.get()) {
                    assertThat(secrets.find(KEY).orElseThrow().reveal()).isIn(a, b);
                    count++;
                }
                return count;
            });
            for (int i = 0; i < 20; i++) {
                secrets.keep(KEY, Secret.of(i % 2 == 0 ? b : a));
            }
            done.set(true);
            assertThat(reads.get()).isPositive();
        } finally {
            pool.shutdownNow();
        }
        try (Stream<Path> files = Files.walk(directory()).filter(Files::isRegularFile)) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void aWriteThatFailsLeavesTheOldOneAndNothingElse() throws IOException {
        FileSecrets secrets = new FileSecrets(directory());
        Path target = directory().resolve("taken.secret");
        Files.createDirectories(target.resolve("not-empty"));
        assertThatThrownBy(() -> secrets.keep(SecretRef.of("taken"), Secret.of("hunter2")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("\"taken\"")
                .message()
                .doesNotContain("hunter2");
        try (Stream<Path> files = Files.list(directory())) {
            assertThat(files).containsExactly(target);
        }
    }

    @Test
    void aMissingOneIsNamed() {
        assertThatThrownBy(() -> new SecretSource(new FileSecrets(directory())).require(KEY))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("ssh/web1.key");
    }
}
