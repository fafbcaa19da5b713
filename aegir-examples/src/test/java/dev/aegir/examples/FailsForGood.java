// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.BeforeTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** For tests of what gets lost: one that failed fails when it is run again, too. What is lost once in a hundred times is lost. */
public final class FailsForGood implements BeforeTestExecutionCallback, AfterTestExecutionCallback {
    private static final Map<String, Throwable> FAILED = new ConcurrentHashMap<>();

    @Override
    public void beforeTestExecution(ExtensionContext context) {
        Throwable failed = FAILED.get(context.getUniqueId());
        if (failed != null) {
            throw new AssertionError("failed when it was run first; it is not run again", failed);
        }
    }

    @Override
    public void afterTestExecution(ExtensionContext context) {
        context.getExecutionException().ifPresent(failed -> FAILED.put(context.getUniqueId(), failed));
    }
}
