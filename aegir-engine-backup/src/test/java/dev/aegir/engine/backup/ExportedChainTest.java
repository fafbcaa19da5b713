// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aegir.model.AegirException;
import dev.aegir.model.Backup;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.spi.ImportRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One file of a backup that adds to others, and what somebody may have made of such a file. */
@Timeout(180)
@Execution(ExecutionMode.CONCURRENT) // they mostly wait, each for its own files
class ExportedChainTest {
    private static final Id SITE = Id.of("01JYYYYYYYYYYYYYYYYYYYYYYY");

    @TempDir
    static Path home;

    /** A chain of three, and one file of the last of them. */
    private static List<Backup> chain = List.of();

    private static Path exported = Path.of("/");

    /** The same, as it is kept. */
    private static Path kept = Path.of("/");

    private static String was = "";

    @TempDir
    Path temporary;

    private Vault vault;
    private Path file;
    private Path to;

    @BeforeAll
    static void export() throws Exception {
        exported = home.resolve("export.tar");
        try (Vault plain = vault(home)) {
            chain = exported(plain, exported);
            was = what(plain.home);
        }
        // What was exported needs nothing of what it was made of.
        kept = home.resolve("kept");
        Shell.run(home, "mv backups/" + Vault.OWNER + " kept; rm -r backups");
    }

    private static List<Backup> exported(Vault vault, Path file) throws Exception {
        vault.prepare();
        List<Backup> three = vault.chain("web1");
        vault.export(three.get(2), file);
        return three;
    }

    /** Nobody is given a FIFO or a line feed in a name from elsewhere. */
    private static Vault vault(Path temporary) throws Exception {
        Vault vault = new Vault(temporary);
        Shell.run(vault.home.resolve("files"), "rm fifo n*");
        return vault;
    }

    @BeforeEach
    void make() throws Exception {
        vault = vault(temporary);
        file = temporary.resolve("export.tar");
        to = temporary.resolve("imported");
    }

    @AfterEach
    void close() {
        vault.close();
    }

    private ImportRequest request(Optional<String> identity, Optional<String> signedBy) {
        return new ImportRequest(
                SITE,
                Name.of("web1"),
                HostPath.of(file.toString()),
                List.of(),
                true,
                List.of("files"),
                true,
                1000,
                10_000_000,
                identity.map(SecretRef::of),
                signedBy);
    }

    private void imported(ImportRequest request) throws Exception {
        vault.imported(request, to);
    }

    private static String what(Path tree) throws Exception {
        return Shell.run(tree, """
                find files -printf '%p %y %l\\n' | LC_ALL=C sort
                find files -type f -print0 | LC_ALL=C sort -z | xargs -0r sha256sum
                """);
    }

    @Test
    void aChainOfThreeIsOneFile() throws Exception {
        Files.copy(exported, file);
        assertThat(Shell.run(temporary, "tar -tf export.tar"))
                .startsWith("manifest.json\n")
                .contains(
                        "files.tree.zst\n",
                        chain.get(0).id() + "/files.tar.zst\n",
                        chain.get(1).id() + "/files.sums.zst\n");
        imported(request(Optional.empty(), Optional.empty()));
        assertThat(what(to)).isEqualTo(was);
        assertThat(Shell.run(temporary, "cat imported-dump/database.sql")).isEqualTo("INSERT INTO a VALUES (1);\n");
        vault.ground.undo();
        assertThat(Shell.run(temporary, "find imported* -mindepth 2")).isEmpty();
    }

    @Test
    void aChainOfThreeIsImportedFromWhereItIsKept() throws Exception {
        file = temporary.resolve("brought").resolve(chain.get(2).id().value());
        Shell.run(temporary, "cp -a " + kept + " brought");
        imported(request(Optional.empty(), Optional.empty()));
        assertThat(what(to)).isEqualTo(was);
        assertThat(Shell.run(temporary, "cat imported-dump/database.sql")).isEqualTo("INSERT INTO a VALUES (1);\n");
    }

    @ParameterizedTest
    @CsvSource({
        "rm -r $first, which its manifest.json names",
        "chmod 0755 $first, that others can look into",
        "mv $first x; ln -s x $first, reached by a link",
        "cp $first/files.sums.zst $first/files.tar.zst, is not what its manifest says",
        "rm $first/files.tar.zst; ln -s /etc/passwd $first/files.tar.zst, which its manifest.json names"
    })
    void whatLiesBesideItIsNotTrusted(String change, String why) throws Exception {
        file = temporary.resolve("brought").resolve(chain.get(2).id().value());
        Shell.run(
                temporary,
                "cp -a " + kept + " brought; cd brought; first=" + chain.get(0).id() + "; " + change);
        assertThatThrownBy(() -> imported(request(Optional.empty(), Optional.empty())))
                .isInstanceOf(AegirException.class)
                .hasMessageContaining(why);
        assertThat(Shell.run(temporary, "find imported* -mindepth 2")).isEmpty();
    }

    @Test
    void alsoWhenItIsEncryptedAndSigned() throws Exception {
        vault.set("recipients", vault.identity("age"));
        String signer = vault.signer("signing");
        vault.set("signing-key", "signing").set("signed-by", signer);
        exported(vault, file);
        assertThat(Shell.run(temporary, "tar -tf export.tar")).startsWith("manifest.json\nmanifest.json.sig\n");
        isRefused(EncryptedBackupException.class, request(Optional.empty(), Optional.empty()));
        isRefused(EncryptedBackupException.class, request(Optional.of("absent"), Optional.empty()));
        vault.identity("wrong");
        isRefused(EncryptedBackupException.class, request(Optional.of("wrong"), Optional.empty()));
        isRefused(ForgedBackupException.class, request(Optional.of("age"), Optional.of(vault.signer("other"))));
        ImportRequest right = request(Optional.of("age"), Optional.of(signer));
        imported(right);
        assertThat(what(to)).isEqualTo(what(vault.home));
        assertThat(Shell.run(temporary, "cat imported-dump/database.sql")).isEqualTo("INSERT INTO a VALUES (1);\n");
        vault.ground.undo();

        Shell.run(
                temporary,
                "mkdir x; cd x; tar -xf ../export.tar; sed -i s/FROZEN/LIVE/ manifest.json; tar -cf ../export.tar *");
        isRefused(ForgedBackupException.class, right);
        Shell.run(temporary, "cd x; rm manifest.json.sig; tar -cf ../export.tar *");
        isRefused(ForgedBackupException.class, right);
        Shell.run(temporary, "echo 'of somebody' >a; tar -cf export.tar a");
        isRefused(ForgedBackupException.class, right);
    }

    private void isRefused(Class<? extends AegirException> how, ImportRequest request) throws Exception {
        assertThatThrownBy(() -> imported(request)).isInstanceOf(how);
        assertThat(Shell.run(temporary, "find imported* -mindepth 2")).isEmpty();
    }

    /** Whoever can write the file can write its manifest too. */
    @ParameterizedTest
    @CsvSource({
        "link, no file where its tree says",
        "twice, a name twice in its tree",
        "absent, names 1 files that are not",
        "rubbish, what nobody understands",
        "numbers, files that are not in the archives",
        "no tree, has no part files.tree",
        "layer, is not what its manifest says",
        "absent layer, which its manifest.json names",
        "leads, something below what is no directory",
        "bomb, more in it than it should have"
    })
    void isRefusedBeforeAByteLands(String what, String why) throws Exception {
        String layer = chain.get(0).id() + "/files.tar.zst";
        Path x = Files.createDirectory(temporary.resolve("x"));
        Shell.run(x, "tar -xf " + exported + "; zstd -dq --rm files.tree.zst");
        Shell.run(
                x,
                switch (what) {
                    // The first backup has a link of that name.
                    case "link" -> "printf '0 1 1 1.0 1.0 ./files/link\\0' >>files.tree";
                    case "twice" -> "printf '1 1 1 1.0 1.0 ./files/random\\0' >>files.tree";
                    case "absent" -> "printf '1 1 1 1.0 1.0 ./files/random2\\0' >>files.tree";
                    case "rubbish" -> "printf 'rubbish\\0' >>files.tree";
                    case "numbers" -> "sed -zi 's/^0 /1 /' files.tree";
                    case "layer" -> "cp files.sums.zst " + layer;
                    case "absent layer" -> "rm " + layer;
                    // What is a link in the last archive is a directory in the first one.
                    case "leads" -> """
                        mkdir y; zstd -dcq files.tar.zst | tar -x -C y; ln -s . y/files/way; tar -C y -c ./files | zstd -qo new
                        rm -r y; mkdir y; zstd -dcq %1$s | tar -x -C y; mkdir y/files/way; echo x >y/files/way/x
                        tar -C y -c ./files | zstd -qo old; rm -r y; mv old %1$s; mv new files.tar.zst
                        printf '0 1 1 1.0 1.0 ./files/way/x\\0' >>files.tree
                        """.formatted(layer);
                    case "bomb" -> """
                        mkdir y; zstd -dcq %1$s | tar -x -C y; truncate -s 1G y/files/zeros
                        tar -C y -c ./files | zstd -qo old; rm -r y; mv old %1$s
                        """.formatted(layer);
                    default -> ":";
                });
        if (what.endsWith("layer")) {
            Shell.run(x, "rm files.tree; tar -xf " + exported + " files.tree.zst");
        } else {
            Shell.run(x, "zstd -qf --rm files.tree");
            note(x, layer, what.equals("no tree"));
        }
        Shell.run(x, "tar -cf ../export.tar *");
        assertThatThrownBy(() -> imported(request(Optional.empty(), Optional.empty())))
                .isInstanceOf(AegirException.class)
                .hasMessageContaining(why);
        assertThat(Shell.run(temporary, "find imported* -mindepth 2")).isEmpty();
    }

    /** A manifest that says of all archives what they are. */
    private static void note(Path x, String layer, boolean treeless) throws Exception {
        ObjectMapper json = new ObjectMapper();
        ObjectNode manifest =
                (ObjectNode) json.readTree(x.resolve("manifest.json").toFile());
        for (Iterator<JsonNode> parts = manifest.withArray("parts").iterator(); parts.hasNext(); ) {
            ObjectNode part = (ObjectNode) parts.next();
            String file = part.path("file").asText();
            part.put("bytes", Files.size(x.resolve(file)));
            part.put("sha256", Shell.run(x, "sha256sum " + file).substring(0, 64));
            if (treeless && file.startsWith("files.tree")) {
                parts.remove();
            }
        }
        for (String file : List.of("files.tar.zst", layer)) {
            String part = file.equals(layer) ? "files.0" : "files";
            String list = "zstd -dcq " + file + " | tar -tv | ";
            ((ObjectNode) manifest.path("facts"))
                    .put(part + ".entries", Shell.run(x, list + "wc -l").strip())
                    .put(part + ".bytes", Shell.run(x, list + "awk '/^-/ { s += $3 } END { printf \"%.0f\", s }'"));
        }
        json.writeValue(x.resolve("manifest.json").toFile(), manifest);
    }
}
