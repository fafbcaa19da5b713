// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.Aegir;
import dev.aegir.TaskHandle;
import dev.aegir.model.Id;
import dev.aegir.model.RefusedException;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The executor inside an instance. Thread-safe. */
final class AegirExecutor implements TaskExecutor {
    private final Aegir aegir;

    AegirExecutor(Aegir aegir) {
        this.aegir = aegir;
    }

    private TaskHandle handle(Id task) {
        return aegir.task(task).orElseThrow(() -> new RefusedException("There is no task " + task + "."));
    }

    @Override
    public List<Id> submit(List<Submission> submissions) {
        return aegir.submitAll(submissions).stream().map(TaskHandle::id).toList();
    }

    @Override
    public Optional<TaskInfo> find(Id task) {
        return aegir.task(task).map(TaskHandle::info);
    }

    @Override
    public List<TaskInfo> list(TaskQuery query) {
        return aegir.tasks(query);
    }

    @Override
    public List<TaskEvent> events(Id task, long after, int limit) {
        return handle(task).events(after).stream().limit(limit).toList();
    }

    @Override
    public TaskInfo cancel(Id task, String why) {
        return handle(task).cancel(why);
    }

    @Override
    public void retry(Id task) {
        handle(task).retry();
    }

    @Override
    public void release(Id task, String why) {
        handle(task).release(why);
    }

    @Override
    public int forget(Duration age) {
        return aegir.forgetTasks(age);
    }

    @Override
    public TaskInfo await(Id task, Duration limit) throws InterruptedException {
        return handle(task).await(limit);
    }

    @Override
    public void close() {
        aegir.close();
    }
}
