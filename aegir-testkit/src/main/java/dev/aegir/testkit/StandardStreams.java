// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Notices what a thread prints on the standard streams of this program, which are not a plugin's to use. The streams are the
 * program's own again as soon as nobody is watched.
 */
final class StandardStreams {
    private static final List<String> LOGGERS =
            List.of("org.slf4j.", "ch.qos.logback.", "org.apache.logging.", "java.util.logging.");
    private static final Map<Thread, AtomicLong> WATCHED = new ConcurrentHashMap<>();
    private static PrintStream out = System.out;
    private static PrintStream err = System.err;

    private StandardStreams() {}

    /** How many bytes this thread prints while it does something; they are swallowed. Loggers may print. */
    static long printedBy(Callable<Void> action) throws Exception {
        AtomicLong printed = new AtomicLong();
        watch(printed);
        try {
            action.call();
        } finally {
            unwatch();
        }
        return printed.get();
    }

    private static synchronized void watch(AtomicLong printed) {
        if (WATCHED.isEmpty()) {
            out = System.out;
            err = System.err;
            System.setOut(counting(out));
            System.setErr(counting(err));
        }
        WATCHED.put(Thread.currentThread(), printed);
    }

    private static synchronized void unwatch() {
        WATCHED.remove(Thread.currentThread());
        if (WATCHED.isEmpty()) {
            System.setOut(out);
            System.setErr(err);
        }
    }

    private static PrintStream counting(PrintStream original) {
        OutputStream counter = new OutputStream() {
            @Override
            public void write(int value) {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                AtomicLong printed = WATCHED.get(Thread.currentThread());
                if (printed == null || isLogging()) {
                    original.write(bytes, offset, length);
                } else {
                    printed.addAndGet(length);
                }
            }
        };
        return new PrintStream(counter, true);
    }

    private static boolean isLogging() {
        return StackWalker.getInstance()
                .walk(frames -> frames.anyMatch(frame ->
                        LOGGERS.stream().anyMatch(prefix -> frame.getClassName().startsWith(prefix))));
    }
}
