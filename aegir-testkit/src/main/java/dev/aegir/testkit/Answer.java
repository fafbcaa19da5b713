// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

/**
 * What a program of a fake host answers.
 *
 * @param exit the exit code
 * @param stdout what it prints
 * @param stderr what it complains about
 */
public record Answer(int exit, String stdout, String stderr) {
    /** Makes it. */
    public Answer {}

    /**
     * Success, without a word.
     *
     * @return exit code 0
     */
    public static Answer ok() {
        return ok("");
    }

    /**
     * Success.
     *
     * @param stdout what it prints
     * @return exit code 0
     */
    public static Answer ok(String stdout) {
        return new Answer(0, stdout, "");
    }

    /**
     * Failure.
     *
     * @param exit the exit code, not 0
     * @param stderr what it complains about
     * @return the answer
     */
    public static Answer failed(int exit, String stderr) {
        return new Answer(exit, "", stderr);
    }
}
