// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.model.Id;
import dev.aegir.spi.Claim;
import dev.aegir.spi.Documents;
import dev.aegir.spi.Ledger;
import dev.aegir.spi.LedgerStep;
import dev.aegir.spi.LedgerTask;
import dev.aegir.spi.Store;
import dev.aegir.spi.TaskQuery;
import dev.aegir.spi.TaskQueue;
import dev.aegir.spi.Transition;
import dev.aegir.task.Lock;
import dev.aegir.task.StepState;
import dev.aegir.task.TaskEvent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A store with a crash point before and after everything that changes it. */
final class CrashingStore implements Store, Ledger, Documents {
    private static final Pattern WRAPPED = Pattern.compile("\"type\":\"([\\w.$]+)\"}$");

    /** In what is wrapped and wraps something itself. */
    private static final Pattern WITHIN = Pattern.compile("\"type\\\\\":\\\\\"([\\w.$]+)\\\\\"}\",");

    private final Store store;
    private final CrashPoints points;

    CrashingStore(Store store, CrashPoints points) {
        this.store = store;
        this.points = points;
    }

    /** The class of a step, and of that which it wraps. */
    private static String kind(LedgerStep step) {
        Matcher wrapped = WRAPPED.matcher(step.json());
        Matcher within = WITHIN.matcher(step.json());
        String kind = simple(step.type());
        if (kind.equals("InPass") && wrapped.find() && within.find()) {
            return kind + " " + simple(wrapped.group(1)) + " " + simple(within.group(1));
        }
        return kind.matches("Renamed|Half|Bounded") && wrapped.find() ? kind + " " + simple(wrapped.group(1)) : kind;
    }

    /** What only sites with a database and an application of some size have is said to be so. */
    private static String simple(String type) {
        String name = type.substring(type.lastIndexOf('.') + 1);
        return type.matches("dev\\.aegir\\.engine\\.(db|app)\\..*") ? CrashPoints.RICH + name : name;
    }

    private void around(String what, Runnable write) {
        points.pass("before " + what);
        write.run();
        points.pass("after " + what);
    }

    @Override
    public Documents documents() {
        return this;
    }

    @Override
    public Ledger ledger() {
        return this;
    }

    @Override
    public TaskQueue queue() {
        return store.queue();
    }

    @Override
    public void close() {
        store.close();
    }

    @Override
    public LedgerTask submit(LedgerTask task, List<Lock> locks) {
        return submitAll(List.of(new NewTask(task, locks))).get(0);
    }

    @Override
    public List<LedgerTask> submitAll(List<NewTask> tasks) {
        points.pass("before submit");
        List<LedgerTask> accepted = store.ledger().submitAll(tasks);
        points.pass("after submit");
        return accepted;
    }

    @Override
    public Optional<Claim> begin(Id task, Instant now) {
        points.pass("before begin");
        Optional<Claim> claim = store.ledger().begin(task, now);
        points.pass("after begin");
        return claim;
    }

    @Override
    public void record(Id task, long fence, Transition transition, Instant now) {
        String what = transition.events().stream()
                .filter(event -> event.kind() != TaskEvent.Kind.LOG)
                .map(event -> event.kind() + (event.step().isEmpty() ? "" : " " + event.step()))
                .collect(Collectors.joining(" + "));
        transition.steps().stream()
                .filter(step -> step.state() == StepState.STARTED)
                .forEach(step -> points.during(kind(step)));
        around(
                "writing " + (what.isEmpty() ? "facts" : what),
                () -> store.ledger().record(task, fence, transition, now));
    }

    @Override
    public void relock(Id task, long fence, List<Lock> locks, Instant now) {
        around("relock", () -> store.ledger().relock(task, fence, locks, now));
    }

    @Override
    public void save(Document document) {
        around("saving " + document.kind(), () -> store.documents().save(document));
    }

    @Override
    public void delete(String kind, Id id) {
        around("deleting " + kind, () -> store.documents().delete(kind, id));
    }

    @Override
    public Optional<LedgerTask> cancel(Id task, String why, Instant now) {
        return store.ledger().cancel(task, why, now);
    }

    @Override
    public boolean retry(Id task, Instant now) {
        return store.ledger().retry(task, now);
    }

    @Override
    public boolean release(Id task, String why, Instant now) {
        return store.ledger().release(task, why, now);
    }

    @Override
    public Optional<LedgerTask> find(Id task) {
        return store.ledger().find(task);
    }

    @Override
    public Optional<LedgerTask> findByKey(String key) {
        return store.ledger().findByKey(key);
    }

    @Override
    public List<LedgerTask> list(TaskQuery query) {
        return store.ledger().list(query);
    }

    @Override
    public List<LedgerStep> steps(Id task) {
        return store.ledger().steps(task);
    }

    @Override
    public List<Id> holders(String lockKey) {
        return store.ledger().holders(lockKey);
    }

    @Override
    public void append(Collection<TaskEvent> events) {
        store.ledger().append(events);
    }

    @Override
    public List<TaskEvent> events(Id task, long after, int limit) {
        return store.ledger().events(task, after, limit);
    }

    @Override
    public int forget(Instant before, int most) {
        return store.ledger().forget(before, most);
    }

    @Override
    public Optional<Document> byId(String kind, Id id) {
        return store.documents().byId(kind, id);
    }

    @Override
    public Optional<Document> byKey(String kind, String nameOrKey) {
        return store.documents().byKey(kind, nameOrKey);
    }

    @Override
    public List<Document> byLink(String kind, String link) {
        return store.documents().byLink(kind, link);
    }

    @Override
    public List<Document> all(String kind) {
        return store.documents().all(kind);
    }
}
