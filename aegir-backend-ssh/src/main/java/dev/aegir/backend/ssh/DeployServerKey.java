// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Name;
import dev.aegir.task.Task;

/**
 * Lets one more public key into a server's login account, such as an administrator's. A key that may log in already stays
 * as it is, whatever options it has there.
 *
 * @param server the server's name
 * @param publicKey the key as a {@code .pub} file has it: type, key, comment
 */
public record DeployServerKey(Name server, String publicKey) implements Task {
    /**
     * Validates.
     *
     * @throws InvalidValueException when it is anything but one public key: a second line, options before it, an unknown
     *     type, a broken key
     */
    public DeployServerKey {
        publicKey = PublicKeyLine.of(publicKey).toString();
    }

    /**
     * By name.
     *
     * @param server the server's name
     * @param publicKey the key as a {@code .pub} file has it
     * @throws InvalidValueException when it is anything but one public key
     */
    public DeployServerKey(String server, String publicKey) {
        this(Name.of(server), publicKey);
    }

    @Override
    public String title() {
        return "let a public key into server " + server;
    }
}
