// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.model.Id;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Resource;
import java.util.List;

/** What the engines of these tests provide. The list is kept as it is given, so that a broken engine can change it. */
public record Note(Id owner, String title, List<String> lines) implements Resource {
    /** Validates. */
    public Note {
        if (title.chars().anyMatch(c -> Character.isISOControl(c) || c == 0x2028)) {
            throw new InvalidValueException("title", title, "one line without control characters");
        }
    }
}
