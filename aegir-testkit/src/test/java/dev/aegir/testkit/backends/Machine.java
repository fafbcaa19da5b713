// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import dev.aegir.model.HostPath;
import dev.aegir.model.Server;
import dev.aegir.spi.Backend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.ServiceLoader;

/** The machine that the tests run on, and what they may do there. */
final class Machine {
    private Machine() {}

    static boolean weAreRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Only root can run commands as somebody else. */
    static Optional<String> otherAccount() {
        return weAreRoot() ? Optional.of("nobody") : Optional.empty();
    }

    static Backend local() {
        return ServiceLoader.load(Backend.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(backend -> backend.scheme().equals("local"))
                .findFirst()
                .orElseThrow();
    }

    static Server server(Path directory, String scheme) {
        return Server.at("here", scheme + ":?state=" + directory.resolve("state"));
    }

    /** A directory for every account. */
    static HostPath scratch(Path directory) {
        try {
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return HostPath.of(directory.toString());
    }
}
