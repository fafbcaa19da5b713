// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import dev.aegir.spi.TaskExecutor;
import dev.aegir.testkit.ExecutorContract;
import dev.aegir.testkit.ExecutorSetup;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The executor that Aegir brings, over SQLite. */
class SqliteExecutorTest extends ExecutorContract {
    @TempDir
    private Path home;

    @Override
    protected TaskExecutor open(ExecutorSetup setup) {
        return setup.over(new SqlStoreProvider().open(Stores.uri(home.resolve("aegir.db")), setup.clock()));
    }
}
