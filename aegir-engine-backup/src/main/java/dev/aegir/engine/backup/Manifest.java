// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aegir.model.Backup;

/** What lies beside the stored parts for whoever finds them without an inventory. See {@code docs/backup-format.md}. */
final class Manifest {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private Manifest() {}

    static String of(Backup backup, Backup.Contents contents) {
        ObjectNode all = JSON.createObjectNode();
        boolean alone = contents.parts().stream().noneMatch(part -> part.file().indexOf('/') >= 0);
        all.put("format", "aegir-archive").put("version", alone ? 1 : 2);
        all.put("id", backup.id().value()).put("owner", backup.owner().value()).put("title", backup.title());
        all.put("reason", backup.reason().name())
                .put("consistency", backup.consistency().name());
        all.put("at", contents.at().toString());
        backup.site().ifPresent(site -> {
            ObjectNode its = all.putObject("site");
            its.put("name", site.name().value()).put("codebase", site.codebase().value());
            its.put("environment", site.environment().name());
        });
        ArrayNode parts = all.putArray("parts");
        contents.parts()
                .forEach(part -> parts.addObject()
                        .put("name", part.name())
                        .put("file", part.file())
                        .put("bytes", part.bytes())
                        .put("sha256", part.sha256()));
        ObjectNode facts = all.putObject("facts");
        contents.facts().forEach(facts::put);
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("text and numbers can always be written as JSON", e);
        }
    }
}
