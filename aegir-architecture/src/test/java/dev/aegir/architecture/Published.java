// SPDX-License-Identifier: Apache-2.0
package dev.aegir.architecture;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** Chooses the classes that users get: those of the published modules, which are all modules this one depends on. */
public final class Published implements ImportOption {
    /** For ArchUnit. */
    public Published() {}

    @Override
    public boolean includes(Location location) {
        return !location.contains("/aegir-architecture/");
    }
}
