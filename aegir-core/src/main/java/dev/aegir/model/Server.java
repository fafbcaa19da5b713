// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A machine that offers services, reached by its address.
 *
 * @param id its identity
 * @param name its name
 * @param address how it is reached; the scheme chooses the backend: {@code local:},
 *     {@code ssh://aegir@web1.example.net}
 * @param hostKey who it is, where the backend needs to know; pinned when the server is enrolled
 * @param credential the name of the secret that opens it, such as a private key; absent where the backend has its own
 *     way, such as an SSH agent
 * @param services what it offers
 */
public record Server(
        Id id,
        Name name,
        URI address,
        Optional<HostKey> hostKey,
        Optional<SecretRef> credential,
        List<Service> services) {
    /** Validates and copies. */
    public Server {
        services = List.copyOf(services);
        if (address.getScheme() == null) {
            throw new InvalidValueException(
                    "address", address.toString(), "it has no scheme; write local: or ssh://user@host");
        }
        if (address.getUserInfo() != null && address.getUserInfo().contains(":")) {
            throw new InvalidValueException(
                    "address", "(not shown)", "a password does not belong into an address; use a credential");
        }
        Set<Name> names = new HashSet<>();
        for (Service service : services) {
            if (!names.add(service.name())) {
                throw new InvalidValueException(
                        "service", service.name().value(), "server " + name + " has two services of this name");
            }
        }
    }

    /**
     * A new server without services.
     *
     * @param name its name
     * @param address its address
     * @return the server, with a new id
     */
    public static Server at(String name, URI address) {
        return new Server(Id.next(), Name.of(name), address, Optional.empty(), Optional.empty(), List.of());
    }

    /**
     * A new server without services.
     *
     * @param name its name
     * @param address its address, such as {@code ssh://root@web1.example.net}
     * @return the server, with a new id
     * @throws InvalidValueException when the address is no URI
     */
    public static Server at(String name, String address) {
        try {
            // A URI has something after its scheme (RFC 3986); people write "local:".
            return at(name, new URI(address.matches("[a-z][a-z0-9+.-]*:") ? address + "/" : address));
        } catch (URISyntaxException e) {
            throw new InvalidValueException("address", address, "it is not a URI");
        }
    }

    /**
     * This server with its identity pinned.
     *
     * @param key a fingerprint or public key line
     * @return a copy
     */
    public Server hostKey(String key) {
        return new Server(id, name, address, Optional.of(HostKey.of(key)), credential, services);
    }

    /**
     * This server opened with a secret.
     *
     * @param secret the name of the secret
     * @return a copy
     */
    public Server credential(SecretRef secret) {
        return new Server(id, name, address, hostKey, Optional.of(secret), services);
    }

    /**
     * This server offering a service, in place of one of the same name if there is one.
     *
     * @param service the service
     * @return a copy
     */
    public Server offering(Service service) {
        List<Service> copy = new ArrayList<>(services);
        copy.removeIf(other -> other.name().equals(service.name()));
        copy.add(service);
        return new Server(id, name, address, hostKey, credential, copy);
    }

    /**
     * This server with another identity, for a server that is enrolled already.
     *
     * @param known the id to keep
     * @return a copy
     */
    public Server identified(Id known) {
        return new Server(known, name, address, hostKey, credential, services);
    }

    /**
     * A service by its name.
     *
     * @param service the name
     * @return the service, if this server offers it
     */
    public Optional<Service> service(Name service) {
        return services.stream().filter(s -> s.name().equals(service)).findFirst();
    }
}
