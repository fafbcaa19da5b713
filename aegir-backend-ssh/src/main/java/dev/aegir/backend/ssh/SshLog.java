// SPDX-License-Identifier: Apache-2.0
package dev.aegir.backend.ssh;

import net.schmizz.concurrent.Promise;
import net.schmizz.sshj.common.LoggerFactory;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/**
 * What sshj may log. Its promises log as an error every failure that they hand to whoever waits for them, who knows better
 * what it means: a connection that is closed on purpose is none.
 */
final class SshLog implements LoggerFactory {
    @Override
    public Logger getLogger(String name) {
        return name.equals(Promise.class.getName()) ? NOPLogger.NOP_LOGGER : org.slf4j.LoggerFactory.getLogger(name);
    }

    @Override
    public Logger getLogger(Class<?> type) {
        return getLogger(type.getName());
    }
}
