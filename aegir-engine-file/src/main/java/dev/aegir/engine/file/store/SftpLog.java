// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import net.schmizz.concurrent.Promise;
import net.schmizz.sshj.common.LoggerFactory;
import net.schmizz.sshj.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** What sshj may log: not as an error what it hands to whoever waits, who knows better what it means and tells it. */
final class SftpLog implements LoggerFactory {
    @Override
    public Logger getLogger(String name) {
        boolean told = name.equals(Promise.class.getName()) || name.startsWith(Transport.class.getPackageName() + ".");
        return told ? NOPLogger.NOP_LOGGER : org.slf4j.LoggerFactory.getLogger(name);
    }

    @Override
    public Logger getLogger(Class<?> type) {
        return getLogger(type.getName());
    }
}
