// SPDX-License-Identifier: Apache-2.0
package dev.aegir.executor.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.model.RefusedException;
import dev.aegir.spi.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WriterTest {
    @TempDir
    private Path home;

    private SqlStore store;
    private Writer writer;

    @BeforeEach
    void open() {
        store = Stores.openWithin(home.resolve("aegir.db"));
        writer = store.writer();
        writer.write(db -> db.update("create table t (n integer not null)"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<Long> numbers() {
        return writer.write(db -> db.list("select n from t order by n", Row::number));
    }

    private static Work<Integer> insert(int number) {
        return db -> db.update("insert into t (n) values (?)", number);
    }

    /** Keeps the writer busy until told, so that what is submitted meanwhile comes into one transaction. */
    private CountDownLatch busy() {
        CountDownLatch go = new CountDownLatch(1);
        CompletableFuture<Boolean> waiting = writer.submit(db -> {
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new SQLException(e);
            }
            return true;
        });
        assertThat(waiting).isNotDone();
        return go;
    }

    @Test
    void workThatFailsIsTakenBackWithoutHarmToTheOthersOfItsTransaction() {
        CountDownLatch go = busy();
        CompletableFuture<Integer> first = writer.submit(insert(1));
        CompletableFuture<Integer> refused = writer.submit(db -> {
            insert(2).in(db);
            throw new RefusedException("no");
        });
        CompletableFuture<Integer> broken = writer.submit(db -> {
            insert(3).in(db);
            return db.update("insert into t (n) values (?)", java.util.Optional.empty());
        });
        CompletableFuture<Integer> last = writer.submit(insert(4));
        go.countDown();
        assertThat(Writer.join(first)).isEqualTo(1);
        assertThat(Writer.join(last)).isEqualTo(1);
        assertThatThrownBy(() -> Writer.join(refused)).isInstanceOf(RefusedException.class);
        assertThatThrownBy(() -> Writer.join(broken))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("NOT NULL");
        assertThat(numbers()).containsExactly(1L, 4L);
    }

    @Test
    void anErrorOfTheProgramIsItsCallersOnly() {
        assertThatThrownBy(() -> writer.write(db -> {
                    throw new StackOverflowError("on purpose");
                }))
                .isInstanceOf(StackOverflowError.class);
        writer.write(insert(1));
        assertThat(numbers()).containsExactly(1L);
    }

    @Test
    void nobodyIsAnsweredBeforeTheCommit() throws Exception {
        CountDownLatch go = busy();
        CompletableFuture<Integer> answer = writer.submit(insert(1));
        assertThat(answer).isNotDone();
        go.countDown();
        answer.get();
        try (Session reader =
                SqliteFile.of(Stores.uri(home.resolve("aegir.db"))).open()) {
            assertThat(reader.list("select n from t", Row::number)).containsExactly(1L);
        }
    }

    @Test
    void whoIsInterruptedIsAnsweredAllTheSame() {
        Thread.currentThread().interrupt();
        writer.write(insert(1));
        assertThat(store.documents().all("site")).isEmpty();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(numbers()).containsExactly(1L);
    }

    @Test
    void workMustNotWaitForTheWriter() {
        assertThatThrownBy(() -> writer.write(db -> writer.write(insert(1)))).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aBorrowedConnectionTakesPartLikeAnyWork() throws Exception {
        Connection lent = Loans.of(writer).getConnection();
        try (lent;
                var statement = lent.prepareStatement("insert into t (n) values (7)")) {
            assertThat(lent.getAutoCommit()).isFalse();
            statement.executeUpdate();
            CompletableFuture<Integer> waits = writer.submit(insert(8));
            assertThat(waits).isNotDone();
            lent.commit();
            assertThat(lent.isClosed()).isTrue();
            assertThatThrownBy(() -> lent.prepareStatement("select 1")).isInstanceOf(SQLException.class);
            waits.get();
        }
        assertThat(numbers()).containsExactly(7L, 8L);
    }

    @Test
    void aBorrowedConnectionThatIsNotCommittedLeavesNothing() throws Exception {
        try (Connection lent = Loans.of(writer).getConnection();
                var statement = lent.prepareStatement("insert into t (n) values (7)")) {
            statement.executeUpdate();
            lent.rollback();
        }
        try (Connection lent = Loans.of(writer).getConnection();
                var statement = lent.prepareStatement("insert into t (n) values (8)")) {
            statement.executeUpdate();
        }
        assertThat(numbers()).isEmpty();
        store.close();
        assertThatThrownBy(() -> Loans.of(writer).getConnection())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("closed");
    }
}
