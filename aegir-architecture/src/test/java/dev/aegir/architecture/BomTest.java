// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** The BOM lists the published modules, and the rules here see them. */
class BomTest {
    private static final Path ROOT = Path.of("..");

    @Test
    void listsEveryPublishedModule() throws Exception {
        assertThat(values("aegir-bom", "/project/dependencyManagement//artifactId"))
                .containsExactlyInAnyOrderElementsOf(publishedModules());
    }

    @Test
    void theRulesSeeEveryPublishedModule() throws Exception {
        assertThat(values("aegir-architecture", "/project/dependencies/dependency[groupId='dev.aegir']/artifactId"))
                .containsExactlyInAnyOrderElementsOf(publishedModules());
    }

    private static List<String> publishedModules() throws Exception {
        List<String> published = new ArrayList<>(values(".", "/project/modules/module"));
        published.remove("aegir-bom");
        for (String module : List.copyOf(published)) {
            if (values(module, "/project/properties/maven.deploy.skip").contains("true")) {
                published.remove(module);
            }
        }
        return published;
    }

    private static List<String> values(String module, String path) throws Exception {
        Path pom = ROOT.resolve(module).resolve("pom.xml");
        Document document =
                DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(pom.toFile());
        NodeList found =
                (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, document, XPathConstants.NODESET);
        List<String> values = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            values.add(found.item(i).getTextContent());
        }
        return values;
    }
}
