// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.host.Command;
import dev.aegir.spi.EngineRequest;
import dev.aegir.task.RunCommand;
import dev.aegir.task.Step;
import java.util.List;

/** A good engine whose removal cannot be undone: what people wrote is gone with it. */
public final class ForGoodEngine extends NoteEngine {
    @Override
    public List<Step> remove(EngineRequest<Note> request) {
        String file = file(request.resource()).value();
        String owner = request.resource().owner().value();
        return List.of(RunCommand.of(named("shred", request), request.server().name(), Command.of("shred", file, owner))
                .unless(Command.of("is-gone", file)));
    }
}
