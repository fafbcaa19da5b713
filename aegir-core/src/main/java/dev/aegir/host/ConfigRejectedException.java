// SPDX-License-Identifier: Apache-2.0
package dev.aegir.host;

/** A set of files was not accepted. */
public final class ConfigRejectedException extends HostException {
    private static final long serialVersionUID = 1L;

    /** What refused it. */
    public enum Phase {
        /** A file there already is not the one we own, or changed while we worked. */
        OWNERSHIP,
        /** A directory does not lie where it must. */
        CONTAINMENT,
        /** The files could not be written: disk full, read-only, no permission. */
        WRITE,
        /** A check failed with the new files in place. */
        CHECK,
        /** Activation failed. */
        ACTIVATE,
        /** It was activated, but is not what is effective. */
        CONFIRM
    }

    private final Phase phase;
    private final boolean restored;
    private final String output;

    /**
     * For a phase.
     *
     * @param server the server's name
     * @param phase what refused it
     * @param restored whether everything is as it was
     * @param output what the commands said
     */
    public ConfigRejectedException(String server, Phase phase, boolean restored, String output) {
        super(
                server,
                describe(phase)
                        + (restored ? "; everything is as it was" : "; and the host could NOT be put back as it was")
                        + (output.isBlank() ? "" : ":\n" + output.strip()));
        this.phase = phase;
        this.restored = restored;
        this.output = output;
    }

    private static String describe(Phase phase) {
        return switch (phase) {
            case OWNERSHIP -> "a file that is there already is not ours, or changed while we worked";
            case CONTAINMENT -> "a directory is not where it must be (a link leads out of it, or it is missing)";
            case WRITE -> "the files could not be written";
            case CHECK -> "the check of the new configuration failed";
            case ACTIVATE -> "the new configuration could not be activated";
            case CONFIRM -> "the new configuration was activated but is not what is being served";
        };
    }

    /**
     * What refused it.
     *
     * @return the phase
     */
    public Phase phase() {
        return phase;
    }

    /**
     * Whether everything on the host is as it was before.
     *
     * @return whether it was put back
     */
    public boolean restored() {
        return restored;
    }

    /**
     * What the commands said.
     *
     * @return their output
     */
    public String output() {
        return output;
    }
}
