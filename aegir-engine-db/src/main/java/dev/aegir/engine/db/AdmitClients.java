// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import dev.aegir.host.Command;
import dev.aegir.host.Input;
import dev.aegir.model.RefusedException;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PostgreSQL's access rules, {@code pg_hba.conf}, have exactly these lines of ours; every other line stays as it is. PostgreSQL
 * checks the file before it is loaded, and what it does not take is taken back.
 *
 * @param name the step's name
 * @param place where
 * @param tag what our lines end with, after {@code # aegir}: dots and what is between them; all lines whose tag begins so
 * @param lines the lines without the tag; none to have none
 */
record AdmitClients(String name, Place place, String tag, List<String> lines) implements Step {
    /** Reads or writes the lines with a tag, one program at a time. Ours come first, because the first that fits decides. */
    private static final String EDIT = """
            # lines of an access file
            set -eu
            action=$1 file=$2 tag=$3
            exec 9<"$(dirname -- "$file")"
            flock 9
            if test "$action" = look; then
                grep -F -- " # aegir $tag" "$file" || test "$?" -eq 1
                exit 0
            fi
            new=$(mktemp "$file.XXXXXX")
            trap 'rm -f -- "$new"' EXIT
            { cat; grep -v -F -- " # aegir $tag" "$file" || test "$?" -eq 1; } >"$new"
            chown --reference="$file" "$new"
            chmod --reference="$file" "$new"
            sync -- "$new"
            mv -f -- "$new" "$file"
            """;

    /** How often it is asked whether new rules are loaded; every time is a session of its own. */
    private static final int PATIENCE = 50;

    /** The lines there were, with their tags. */
    record Before(List<String> lines) {
        Before {
            lines = List.copyOf(lines);
        }
    }

    AdmitClients {
        lines = List.copyOf(lines);
    }

    @Override
    public List<Change> preview(StepContext context) throws InterruptedException {
        List<String> present = List.of();
        try {
            Session session = new Session(context, place);
            present = look(session, file(session));
        } catch (DatabaseServerException e) {
            if (!Reachable.isNotYet(place, e)) {
                throw e;
            }
        }
        return present.equals(tagged())
                ? List.of()
                : List.of(new Change(
                        Change.Kind.CHANGE,
                        place.server().value(),
                        "postgresql access rules",
                        lines.isEmpty() ? "without those of " + tag : String.join("\n", lines)));
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        Session session = new Session(context, place);
        String file = file(session);
        List<String> present = look(session, file);
        Optional<Before> before = context.recall(before(), Before.class);
        // After a crash the file may be written and not yet loaded.
        if (present.equals(tagged()) && before.isEmpty()) {
            return;
        }
        if (before.isEmpty()) {
            context.remember(before(), new Before(present));
        }
        write(session, "put", file, tagged());
        try {
            load(session);
        } catch (RefusedException e) {
            write(session, "restore", file, present);
            throw e;
        }
    }

    @Override
    public void undo(StepContext context) throws InterruptedException {
        Optional<Before> before = context.recall(before(), Before.class);
        if (before.isPresent() && !context.recall(undone(), Boolean.class).orElse(false)) {
            Session session = new Session(context, place);
            write(session, "restore", file(session), before.get().lines());
            load(session);
            // Asked once more, the server may be stopped already.
            context.remember(undone(), true);
        }
    }

    private static String file(Session session) throws InterruptedException {
        return Rows.only(session.read("SHOW hba_file;\n"));
    }

    private List<String> look(Session session, String file) throws InterruptedException {
        return session.host().run(edit("look", file)).orThrow().stdout().lines().toList();
    }

    private void write(Session session, String action, String file, List<String> content) throws InterruptedException {
        StringBuilder text = new StringBuilder();
        content.forEach(line -> text.append(line).append('\n'));
        session.host().run(edit(action, file), Input.text(text.toString())).orThrow();
    }

    private Command edit(String action, String file) {
        return Command.of("sh", "-c", EDIT, "aegir-access", action, file, tag);
    }

    private void load(Session session) throws InterruptedException {
        List<List<String>> errors = session.read(
                "SELECT line_number, translate(error, E'\\t\\n', '  ') FROM pg_hba_file_rules WHERE error IS NOT NULL;\n");
        if (!errors.isEmpty()) {
            throw new RefusedException(
                    place.described() + " does not take its access rules, line " + String.join(": ", errors.get(0))
                            + ". They were not loaded. Mend that line, or find out who wrote it.");
        }
        String loaded = Rows.only(session.change("SELECT pg_conf_load_time() FROM pg_reload_conf();\n"));
        for (int i = 0; i < PATIENCE; i++) {
            if (!Rows.only(session.read("SELECT pg_conf_load_time();\n")).equals(loaded)) {
                return;
            }
        }
        throw new DatabaseServerException(
                place.described() + " did not load its access rules although it was told to. Read its journal.", "");
    }

    private List<String> tagged() {
        List<String> tagged = new ArrayList<>();
        lines.forEach(line -> tagged.add(line + " # aegir " + tag));
        return tagged;
    }

    private String undone() {
        return before() + ".undone";
    }

    private String before() {
        return "database." + place.server() + ".access." + tag;
    }
}
