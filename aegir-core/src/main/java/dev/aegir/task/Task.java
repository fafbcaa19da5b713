// SPDX-License-Identifier: Apache-2.0
package dev.aegir.task;

/**
 * Something that shall be done, as data. A record: its components are its whole input and are stored as JSON, so they hold
 * values of the model, text, numbers, collections and other records of these; secrets only as
 * {@link dev.aegir.model.SecretRef}.
 */
public interface Task {
    /**
     * What it is, for people, such as {@code install docs.example.net}.
     *
     * @return one line
     */
    String title();
}
