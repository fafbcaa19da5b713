// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.backup;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.aegir.engine.backup.internal.Inspection;
import dev.aegir.model.Backup;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What lies beside the stored parts for whoever finds them without an inventory. See {@code docs/backup-format.md}. */
final class Manifest {
    /** Versions of the format. */
    private static final int ALONE = 1;

    private static final int ADDING = 2;
    private static final int ENCRYPTED = 3;

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private Manifest() {}

    /**
     * What a manifest says.
     *
     * @param id the backup's id, or whatever stands there
     * @param owner its owner's
     * @param contents what is beside it
     */
    record Found(String id, String owner, Backup.Contents contents) {}

    /** What a manifest says is beside it, when it is one; it may be anybody's. */
    static Found read(String json) {
        try {
            JsonNode all = JSON.readTree(json);
            if (!all.path("format").asText().equals("aegir-archive")) {
                throw new UnsafeArchiveException("the manifest.json in the archive is not that of a backup");
            } else if (all.path("version").asInt() < 1 || all.path("version").asInt() > ENCRYPTED) {
                throw new UnsafeArchiveException("the backup in the archive is of version "
                        + Inspection.shown(all.path("version").asText())
                        + " of the format, and this program knows versions 1 to " + ENCRYPTED);
            }
            List<Backup.Part> parts = new ArrayList<>();
            for (JsonNode each : all.path("parts")) {
                Backup.Part part = new Backup.Part(
                        each.path("name").asText(),
                        each.path("file").asText(),
                        each.path("bytes").asLong(-1),
                        each.path("sha256").asText());
                Archive.file(part);
                if (!part.sha256().matches("[0-9a-f]{64}") || part.bytes() < 0) {
                    throw new UnsafeArchiveException("the manifest.json in the archive says no checksum or length of "
                            + Inspection.shown(part.file()));
                }
                parts.add(part);
            }
            Map<String, String> facts = new TreeMap<>();
            JsonNode noted = all.path("facts");
            noted.fieldNames()
                    .forEachRemaining(name -> facts.put(name, noted.path(name).asText()));
            return new Found(
                    all.path("id").asText(),
                    all.path("owner").asText(),
                    new Backup.Contents(Instant.parse(all.path("at").asText()), parts, facts));
        } catch (JsonProcessingException | DateTimeParseException e) {
            throw new UnsafeArchiveException("the manifest.json in the archive cannot be read");
        }
    }

    static String of(Backup backup, Backup.Contents contents) {
        ObjectNode all = JSON.createObjectNode();
        boolean encrypted = contents.parts().stream().anyMatch(Opening::encrypted);
        boolean alone = contents.parts().stream().noneMatch(part -> part.file().indexOf('/') >= 0);
        all.put("format", "aegir-archive").put("version", encrypted ? ENCRYPTED : alone ? ALONE : ADDING);
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
