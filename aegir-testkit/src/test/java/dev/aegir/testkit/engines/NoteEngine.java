// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

import dev.aegir.host.Command;
import dev.aegir.model.HostPath;
import dev.aegir.model.ServiceKind;
import dev.aegir.spi.Engine;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.spi.StoredForm;
import dev.aegir.task.ConfigChange;
import dev.aegir.task.Step;
import java.util.List;
import java.util.stream.Collectors;

/** A good engine, and what the broken ones break. */
public class NoteEngine implements Engine<Note> {
    static final ServiceKind<Note> NOTE = ServiceKind.of("note", Note.class);
    static final HostPath NOTES = HostPath.of("/etc/notes");
    static final Command CHECK = Command.of("notes", "check");
    static final Command RELOAD = Command.of("notes", "reload");

    @Override
    public ServiceKind<Note> kind() {
        return NOTE;
    }

    @Override
    public String name() {
        return getClass().getSimpleName().toLowerCase(java.util.Locale.ROOT);
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        return List.of(reloading(
                        "notes: prepare " + request.server().name(),
                        request.server().name())
                .write(NOTES.child("main.conf"), "include *.note\n")
                .build());
    }

    @Override
    public List<Step> ensure(EngineRequest<Note> request) {
        return List.of(reloading(named("publish", request), request.server().name())
                .write(
                        file(request.resource()),
                        content(request.resource()),
                        request.resource().owner())
                .build());
    }

    @Override
    public List<Step> remove(EngineRequest<Note> request) {
        return List.of(reloading(named("withdraw", request), request.server().name())
                .delete(file(request.resource()), request.resource().owner())
                .build());
    }

    static String named(String verb, EngineRequest<Note> request) {
        return "notes: " + verb + " " + request.resource().title() + " on "
                + request.server().name();
    }

    static ConfigChange.Builder reloading(String name, dev.aegir.model.Name server) {
        return ConfigChange.named(name, server).check(CHECK).activate(RELOAD);
    }

    static HostPath file(Note note) {
        return NOTES.child(note.owner() + ".note");
    }

    static String content(Note note) {
        return "# " + note.owner() + "\n"
                + note.lines().stream()
                        .map(line -> StoredForm.write(line) + "\n")
                        .collect(Collectors.joining());
    }
}
