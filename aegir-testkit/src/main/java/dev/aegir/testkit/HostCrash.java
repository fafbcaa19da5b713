// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

/**
 * Thrown by a fake host in place of the death of the program that uses it. An error, so that no step takes it for a failure
 * it could handle; whoever catches it all the same is found out by what it then does.
 */
public final class HostCrash extends Error {
    private static final long serialVersionUID = 1L;

    HostCrash(String after) {
        super("the test let everything crash after: " + after);
    }
}
