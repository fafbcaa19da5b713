// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.Command;
import dev.aegir.host.Input;

/**
 * A program of a fake host being called.
 *
 * @param host the host; the program may read and change its files and facts, as real ones do
 * @param command how it was called
 * @param input what it reads
 */
public record Call(FakeHost host, Command command, Input input) {
    /** Makes it. */
    public Call {}
}
