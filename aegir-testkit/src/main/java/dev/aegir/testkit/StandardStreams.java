// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;

/** Notices what a thread prints on the standard streams of this program, which are not a plugin's to use. */
final class StandardStreams {
    private static final List<String> LOGGERS =
            List.of("org.slf4j.", "ch.qos.logback.", "org.apache.logging.", "java.util.logging.");

    private StandardStreams() {}

    /** How many bytes this thread prints while it does something; they are swallowed. Loggers may print. */
    static synchronized long printedBy(Callable<Void> action) throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        AtomicLong printed = new AtomicLong();
        System.setOut(counting(out, printed));
        System.setErr(counting(err, printed));
        try {
            action.call();
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
        return printed.get();
    }

    private static PrintStream counting(PrintStream original, AtomicLong printed) {
        Thread thread = Thread.currentThread();
        OutputStream counter = new OutputStream() {
            @Override
            public void write(int value) {
                write(new byte[] {(byte) value}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                if (Thread.currentThread() == thread && !isLogging()) {
                    printed.addAndGet(length);
                } else {
                    original.write(bytes, offset, length);
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
