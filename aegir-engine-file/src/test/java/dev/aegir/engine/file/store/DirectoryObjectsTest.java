// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Name;
import dev.aegir.model.Server;
import dev.aegir.model.Service;
import dev.aegir.model.ServiceKind;
import dev.aegir.testkit.FileStoreGround;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real files, kept by the program that keeps them elsewhere. */
@Timeout(60)
class DirectoryObjectsTest {
    private static final String TOP = "01JF1KES000000000000000001/objects/";

    @TempDir
    Path home;

    private Path kept;
    private FileStoreGround ground;
    private DirectoryObjects objects;

    @BeforeEach
    void open() throws Exception {
        kept = Files.createDirectories(home.resolve("nas/aegir"));
        Service service = Service.of(ServiceKind.FILE, "directory").with("directory", kept.toString());
        ground = new FileStoreGround(home, new DirectoryStoreEngine(), service);
        Place place = Place.directory(Server.at("vault", "local:"), service);
        Place.Directory directory = place.directory().orElseThrow();
        Files.writeString(kept.resolve(".aegir"), directory.mark() + "\n");
        objects = new DirectoryObjects(
                place, directory, ground.host(Name.of("vault")), new Retries(1, Duration.ofMillis(1)));
    }

    @AfterEach
    void close() {
        objects.close();
        ground.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static String sum(int number) {
        return String.format("%064x", number);
    }

    private List<String> listed() throws Exception {
        List<String> all = new ArrayList<>();
        objects.list(TOP, (name, size) -> all.add(name.substring(TOP.length()) + " " + size));
        return all;
    }

    @Test
    void whatIsPutIsThere() throws Exception {
        assertThat(listed()).isEmpty();
        objects.put(TOP + sum(1), bytes("one"));
        objects.put(TOP + sum(1), bytes("other"));
        objects.put(TOP + sum(2), bytes(""));
        assertThat(listed()).containsExactlyInAnyOrder(sum(1) + " 5", sum(2) + " 0");
        assertThat(objects.get(TOP + sum(1), 5))
                .hasValueSatisfying(all -> assertThat(all).isEqualTo(bytes("other")));
        assertThat(objects.get(TOP + sum(3), 5)).isEmpty();
        objects.delete(TOP + sum(1));
        objects.delete(TOP + sum(1));
        objects.delete(TOP + sum(2));
        assertThat(kept).isDirectoryContaining("glob:**/.aegir").isDirectoryNotContaining("glob:**/01J*");
    }

    /** What one asker leaves unread is no answer to the next. */
    @Test
    void whoeverStopsInTheMiddleDisturbsNobody() throws Exception {
        for (int i = 1; i <= 300; i++) {
            objects.put(TOP + sum(i), bytes("object " + i));
        }
        FileStoreException enough = new FileStoreException(Problem.REFUSED, "enough");
        assertThatThrownBy(() -> objects.list(TOP, (name, size) -> {
                    throw enough;
                }))
                .isSameAs(enough);
        assertThatThrownBy(() -> objects.get(TOP + sum(7), 3))
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(Problem.DAMAGED));
        assertThat(objects.get(TOP + sum(8), 100))
                .hasValueSatisfying(all -> assertThat(all).isEqualTo(bytes("object 8")));
        objects.list(TOP, (name, size) -> objects.delete(name));
        assertThat(listed()).isEmpty();
    }

    /** A program that was killed is started anew. */
    @Test
    void aProgramThatIsGoneIsStartedAnew() throws Exception {
        objects.put(TOP + sum(1), bytes("one"));
        // Written so that the pattern is not what it looks for.
        FileStoreGround.said(home, "pkill -KILL -f -- ' [/]" + kept.toString().substring(1) + " '");
        assertThat(objects.get(TOP + sum(1), 5)).isPresent();
    }

    @Test
    void whatCannotBeWrittenIsSaid() throws Exception {
        Files.writeString(kept.resolve("01JF1KES000000000000000001"), "no directory");
        assertThatThrownBy(() -> objects.put(TOP + sum(1), bytes("one")))
                .hasMessageContaining("does not take a file")
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(Problem.REFUSED));
        Files.delete(kept.resolve("01JF1KES000000000000000001"));
        objects.put(TOP + sum(1), bytes("one"));
        assertThat(listed()).hasSize(1);
    }
}
