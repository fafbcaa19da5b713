// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/**
 * Ends a test of a contract when it hangs, and says where. The test runs in a thread of its own, which is interrupted and,
 * should it not care, left behind as a daemon.
 */
public final class TimeLimit implements InvocationInterceptor {
    private static final int SHOWN_FRAMES = 15;

    /** For JUnit. */
    public TimeLimit() {}

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        Object contract = context.getTestInstance().orElse(this);
        Duration limit = limit(contract);
        FutureTask<Optional<Throwable>> task = new FutureTask<>(() -> {
            try {
                invocation.proceed();
                return Optional.empty();
            } catch (Throwable e) {
                return Optional.of(e);
            }
        });
        Thread thread = new Thread(task, "contract-" + method.getExecutable().getName());
        thread.setDaemon(true);
        thread.start();
        Optional<Throwable> failure = await(task, thread, limit, advice(contract));
        if (failure.isPresent()) {
            throw failure.get();
        }
    }

    private static Optional<Throwable> await(
            FutureTask<Optional<Throwable>> task, Thread thread, Duration limit, String advice)
            throws InterruptedException, ExecutionException {
        try {
            return task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            String where = Stream.of(thread.getStackTrace())
                    .limit(SHOWN_FRAMES)
                    .map(frame -> "    at " + frame)
                    .collect(Collectors.joining("\n"));
            task.cancel(true);
            return Assertions.fail(
                    "It hangs: after " + limit.toMillis() / 1000.0 + " s it was still at\n" + where + advice);
        }
    }

    private static Duration limit(Object contract) {
        if (contract instanceof EngineContract<?> engine) {
            return engine.timeLimit();
        }
        if (contract instanceof ExecutorContract executor) {
            return executor.timeLimit();
        }
        if (contract instanceof FileStoreContract store) {
            return store.timeLimit();
        }
        return contract instanceof BackendContract backend ? backend.timeLimit() : Duration.ofSeconds(60);
    }

    private static String advice(Object contract) {
        return contract instanceof EngineContract
                ? "\nAn engine plans at once and never waits. A step waits by throwing NotYetException, or in a"
                        + " command with a timeout."
                : "";
    }
}
