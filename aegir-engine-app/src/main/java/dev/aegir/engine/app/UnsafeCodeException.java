// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.app;

import dev.aegir.model.AegirException;
import java.util.List;

/**
 * The code itself holds what is never put on a server: a link that leads out of it, a name that would, a device, a
 * set-user-ID file. It has to be mended at its source. Nothing was changed on the server.
 */
public final class UnsafeCodeException extends AegirException {
    private static final long serialVersionUID = 1L;
    private static final int SHOWN = 10;

    /**
     * One thing that is wrong.
     *
     * @param path where it is in the code, as it is there: it may have control characters
     * @param what what it is
     */
    public record Problem(String path, String what) implements java.io.Serializable {
        /** Makes it. */
        public Problem {}

        @Override
        public String toString() {
            return printable(path) + " (" + printable(what) + ")";
        }

        private static String printable(String text) {
            StringBuilder out = new StringBuilder();
            text.chars()
                    .forEach(c -> out.append(
                            Character.isISOControl(c) ? String.format("\\u%04x", c) : Character.toString(c)));
            return out.toString();
        }
    }

    @SuppressWarnings("serial") // what List.copyOf makes is serializable
    private final List<Problem> problems;

    /**
     * For some code.
     *
     * @param server the server's name
     * @param codebase the codebase's name
     * @param problems what is wrong; at least one
     */
    public UnsafeCodeException(String server, String codebase, List<Problem> problems) {
        super(server + ": codebase " + codebase
                + " was not brought, because its source holds what is never put on a server: " + listed(problems)
                + ". Mend the source.");
        this.problems = List.copyOf(problems);
    }

    /**
     * What is wrong.
     *
     * @return all of it that was found
     */
    public List<Problem> problems() {
        return problems;
    }

    private static String listed(List<Problem> problems) {
        List<String> first =
                problems.stream().limit(SHOWN).map(Problem::toString).toList();
        int more = problems.size() - first.size();
        return String.join(", ", first) + (more > 0 ? " and " + more + " more" : "");
    }
}
