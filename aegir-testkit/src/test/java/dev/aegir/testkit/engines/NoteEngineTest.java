// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.engines;

/** A good engine keeps the contract. */
class NoteEngineTest extends NoteContract {
    NoteEngineTest() {
        super(new NoteEngine());
    }
}
