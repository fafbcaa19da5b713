// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

import dev.aegir.host.Host;
import dev.aegir.host.HostRefusedException;
import dev.aegir.host.HostUnreachableException;
import dev.aegir.host.Secret;
import dev.aegir.model.Name;
import dev.aegir.model.SecretRef;
import dev.aegir.model.Server;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a step may use while it is previewed, run or undone. Valid only during that call, and refused afterwards; used by the
 * step's own thread.
 * Implemented by executors.
 */
public interface StepContext {
    /**
     * A key that is this step's alone, the same after a crash: for
     * {@link dev.aegir.host.HostFiles#apply} and {@link Host#runOnce}.
     *
     * @return letters, digits, dots and hyphens
     */
    String key();

    /**
     * How often this step has been begun.
     *
     * @return 1 for the first time
     */
    int attempt();

    /**
     * A server of the inventory. What is done through it is fenced: when another executor has taken this task over, the
     * host refuses.
     *
     * @param server its name
     * @return the host; it is not for the step to close
     * @throws HostUnreachableException when it cannot be reached
     * @throws HostRefusedException when it is not the one that was enrolled
     * @throws InterruptedException when the task is cancelled
     */
    Host host(Name server) throws InterruptedException;

    /**
     * A server that need not be in the inventory, such as one that is being enrolled or is about to get a new key.
     *
     * @param server the server
     * @return the host; it is not for the step to close
     * @throws HostUnreachableException when it cannot be reached
     * @throws HostRefusedException when it is not the one its host key says
     * @throws InterruptedException when the task is cancelled
     */
    Host host(Server server) throws InterruptedException;

    /**
     * A server as a particular type of host.
     *
     * @param <H> the type
     * @param server its name
     * @param type the class of the type
     * @return the host
     * @throws dev.aegir.model.RefusedException when the server's backend has another type of host, naming both
     * @throws InterruptedException when the task is cancelled
     */
    <H extends Host> H host(Name server, Class<H> type) throws InterruptedException;

    /**
     * What is known to exist.
     *
     * @return the inventory; in a preview it cannot be written
     */
    Inventory inventory();

    /**
     * Looks a secret up; from then on it is redacted from everything this task logs.
     *
     * @param reference its name
     * @return the secret
     * @throws dev.aegir.model.RefusedException when there is none
     */
    Secret secret(SecretRef reference);

    /**
     * Looks up a secret that need not be there; if it is, it is redacted from everything this task logs from then on.
     *
     * @param reference its name
     * @return the secret, if there is one
     */
    Optional<Secret> findSecret(SecretRef reference);

    /**
     * Keeps a secret durably.
     *
     * @param reference its name
     * @param secret the secret
     */
    void keep(SecretRef reference, Secret secret);

    /**
     * The secrets whose names are below a name, as {@code site/a/b} is below {@code site/a}.
     *
     * @param name the name
     * @return their names; none when the store of secrets cannot list
     */
    default List<SecretRef> secretsBelow(SecretRef name) {
        return List.of();
    }

    /**
     * Forgets a secret, whether there was one or not.
     *
     * @param reference its name
     */
    void forget(SecretRef reference);

    /**
     * Writes a fact into the journal, durably before this returns: what {@link Step#undo} will need, or what later steps
     * of the same task shall know. Not for secrets: those this task has looked up are redacted.
     *
     * @param fact its name, unique in the task; not beginning with {@code result:} or {@code run:}
     * @param value a value that can be stored as JSON, of at most 1 MiB
     * @throws IllegalArgumentException when it cannot be stored under that name, or not at all
     */
    void remember(String fact, Object value);

    /**
     * Reads a fact that a step of this task has remembered.
     *
     * @param <T> its type
     * @param fact its name
     * @param type its class
     * @return the fact, if it was remembered
     */
    <T> Optional<T> recall(String fact, Class<T> type);

    /**
     * Says something to people who follow the task.
     *
     * @param line one or more lines, of which 64 KiB are kept, as of a whole task 8 MiB: what is cut is said, and does not
     *     make the step fail; secrets this task has looked up are redacted, and control characters escaped
     */
    void log(String line);

    /**
     * Tells the caller of the task something as data, such as a login link; kept with the task's outcome.
     *
     * @param name what it is
     * @param value the value, of at most 1 MiB; secrets this task has looked up are redacted
     */
    default void result(String name, String value) {
        results(Map.of(name, value));
    }

    /**
     * Tells the caller of the task several things at once, which is written at once.
     *
     * @param values the values by name; no secrets
     */
    void results(Map<String, String> values);

    /**
     * The time.
     *
     * @return now
     */
    Instant now();
}
