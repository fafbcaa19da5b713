// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every snippet in the documentation is code that was compiled and tested. */
class DocsSnippetsTest {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @TempDir
    Path project;

    static Stream<Path> documents() throws IOException {
        return new Snippets(ROOT).documents().stream();
    }

    @ParameterizedTest
    @MethodSource("documents")
    void theDocumentSaysWhatTheCodeSays(Path document) throws IOException {
        assertThat(Files.readString(document))
                .as("run bin/docs, and look at what it changes in %s", ROOT.relativize(document))
                .isEqualTo(new Snippets(ROOT).rewritten(document));
    }

    @BeforeEach
    void someCode() throws IOException {
        Files.createDirectories(project.resolve("docs"));
        Files.writeString(project.resolve("A.java"), """
                class A {
                    // tag::one[]
                    int one() {
                        // tag::inner[]
                        return 1;
                        // end::inner[]
                    }
                    // end::one[]

                    int two;
                    // tag::one[]

                    int three;
                    // end::one[]
                    // tag::open[]
                }
                """);
    }

    @Test
    void aTaggedPartIsCutOutWithoutItsIndentAndTags() throws IOException {
        assertThat(rewritten("<!-- snippet: A.java#one -->", "```java", "old", "```", "after"))
                .isEqualTo("""
                        <!-- snippet: A.java#one -->
                        ```java
                        int one() {
                            return 1;
                        }

                        int three;
                        ```
                        after
                        """);
    }

    @Test
    void withoutATagItIsTheWholeFile() throws IOException {
        assertThat(rewritten("<!-- snippet: A.java -->", "```java", "```")).contains("class A {", "int two;");
    }

    @Test
    void otherBlocksAreLeftAlone() throws IOException {
        String text = "```sh\nbin/test\n<!-- snippet: nothing -->\n```\n";
        assertThat(rewritten(text.split("\n"))).isEqualTo(text);
    }

    @Test
    void whatCannotBeCutIsSaidWithItsLine() {
        assertThatThrownBy(() -> rewritten("text", "<!-- snippet: B.java#one -->", "```java", "```"))
                .hasMessage("docs/x.md:2: there is no B.java");
        assertThatThrownBy(() -> rewritten("<!-- snippet: A.java#four -->", "```java", "```"))
                .hasMessageContaining("A.java has no tag four");
        assertThatThrownBy(() -> rewritten("<!-- snippet: A.java#open -->", "```java", "```"))
                .hasMessageContaining("A.java never ends the tag open");
        assertThatThrownBy(() -> rewritten("<!-- snippet: ../A.java -->", "```java", "```"))
                .hasMessageContaining("there is no ../A.java");
        assertThatThrownBy(() -> rewritten("<!-- snippet: A.java#one -->", "", "```java", "```"))
                .hasMessageContaining("no java block");
        assertThatThrownBy(() -> rewritten("```java", "int x;", "```")).hasMessageContaining("without a line above it");
    }

    private String rewritten(String... lines) throws IOException {
        Path document = Files.write(project.resolve("docs/x.md"), List.of(lines));
        return new Snippets(project).rewritten(document);
    }
}
