// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import dev.aegir.model.Service;
import dev.aegir.model.Settings;
import dev.aegir.spi.Engine;
import dev.aegir.testkit.EngineContract;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The engine contract with notes as resources. */
abstract class NoteContract extends EngineContract<Note> {
    private static final Id OWNER = Id.next();
    private static final Id OTHER = Id.next();
    private final Engine<Note> engine;

    NoteContract(Engine<Note> engine) {
        this.engine = engine;
    }

    @Override
    protected Engine<Note> engine() {
        return engine;
    }

    @Override
    protected Note sample() {
        return new Note(OWNER, "shopping", new ArrayList<>(List.of("bread", "\"wine\"")));
    }

    @Override
    protected Note changed() {
        return new Note(OWNER, "shopping", new ArrayList<>(List.of("bread")));
    }

    @Override
    protected Note neighbour() {
        return new Note(OTHER, "laundry", new ArrayList<>(List.of("socks")));
    }

    @Override
    protected Service service() {
        return new Service(
                super.service().name(),
                super.service().kind(),
                super.service().engine(),
                Settings.none().with("password", "notes/password"));
    }

    @Override
    protected List<HostPath> territory() {
        return List.of(HostPath.of("/etc/notes"));
    }

    @Override
    protected Duration timeLimit() {
        return Duration.ofMinutes(2);
    }
}
