// SPDX-License-Identifier: Apache-2.0

/** Fake hosts and contracts to subclass, for the tests of plugins. */
module dev.aegir.testkit {
    requires transitive dev.aegir.core;
    requires transitive org.junit.jupiter.api;

    exports dev.aegir.testkit;

    // The tests of a contract are not public, and neither are the steps of its tasks.
    opens dev.aegir.testkit to
            com.fasterxml.jackson.databind,
            org.junit.platform.commons;

    uses dev.aegir.spi.Backend;
    uses dev.aegir.spi.Engine;
    uses dev.aegir.spi.StoreProvider;
}
