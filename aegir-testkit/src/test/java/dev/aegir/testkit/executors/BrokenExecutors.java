// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.executors;

import dev.aegir.model.Id;
import dev.aegir.spi.TaskExecutor;
import dev.aegir.spi.TaskQuery;
import dev.aegir.task.Submission;
import dev.aegir.task.TaskEvent;
import dev.aegir.task.TaskInfo;
import dev.aegir.task.TaskState;
import dev.aegir.testkit.Never;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Executors that spoil one thing. */
final class BrokenExecutors {
    private BrokenExecutors() {}

    /** A good executor. */
    static class Spoiled implements TaskExecutor {
        final TaskExecutor good;

        Spoiled(TaskExecutor good) {
            this.good = good;
        }

        Submission submission(Submission submission) {
            return submission;
        }

        TaskInfo info(TaskInfo info) {
            return info;
        }

        @Override
        public List<Id> submit(List<Submission> submissions) {
            return good.submit(submissions.stream().map(this::submission).toList());
        }

        @Override
        public Optional<TaskInfo> find(Id task) {
            return good.find(task).map(this::info);
        }

        @Override
        public List<TaskInfo> list(TaskQuery query) {
            return good.list(query);
        }

        @Override
        public List<TaskEvent> events(Id task, long after, int limit) {
            return good.events(task, after, limit);
        }

        @Override
        public TaskInfo cancel(Id task, String why) {
            return info(good.cancel(task, why));
        }

        @Override
        public void retry(Id task) {
            good.retry(task);
        }

        @Override
        public void release(Id task, String why) {
            good.release(task, why);
        }

        @Override
        public int forget(Duration age) {
            return good.forget(age);
        }

        @Override
        public TaskInfo await(Id task, Duration limit) throws InterruptedException {
            return info(good.await(task, limit));
        }

        @Override
        public void close() {
            good.close();
        }
    }

    private static TaskInfo in(TaskInfo info, TaskState state) {
        return new TaskInfo(
                info.id(),
                info.type(),
                info.title(),
                state,
                info.cause(),
                info.created(),
                info.updated(),
                info.steps(),
                info.results());
    }

    static final class SaysThatAllIsWell extends Spoiled {
        SaysThatAllIsWell(TaskExecutor good) {
            super(good);
        }

        @Override
        TaskInfo info(TaskInfo info) {
            return info.state().ended() ? in(info, TaskState.SUCCEEDED) : info;
        }
    }

    static final class SaysFailedAfterTheCommitPoint extends Spoiled {
        SaysFailedAfterTheCommitPoint(TaskExecutor good) {
            super(good);
        }

        @Override
        TaskInfo info(TaskInfo info) {
            return info.state() == TaskState.NEEDS_ATTENTION ? in(info, TaskState.ROLLED_BACK) : info;
        }
    }

    static final class ForgetsKeys extends Spoiled {
        ForgetsKeys(TaskExecutor good) {
            super(good);
        }

        @Override
        Submission submission(Submission given) {
            return new Submission(
                    given.task(),
                    Optional.empty(),
                    given.priority(),
                    given.approved(),
                    given.notBefore(),
                    given.onCrash());
        }
    }

    static final class IgnoresApprovals extends Spoiled {
        IgnoresApprovals(TaskExecutor good) {
            super(good);
        }

        @Override
        Submission submission(Submission given) {
            return new Submission(
                    given.task(), given.key(), given.priority(), Optional.empty(), given.notBefore(), given.onCrash());
        }
    }

    static final class ForgetsWhatToDoAfterACrash extends Spoiled {
        ForgetsWhatToDoAfterACrash(TaskExecutor good) {
            super(good);
        }

        @Override
        Submission submission(Submission given) {
            return Submission.of(given.task());
        }
    }

    static final class AcceptsSomeOfThem extends Spoiled {
        AcceptsSomeOfThem(TaskExecutor good) {
            super(good);
        }

        @Override
        public List<Id> submit(List<Submission> submissions) {
            List<Id> ids = new ArrayList<>();
            submissions.forEach(each -> ids.addAll(good.submit(List.of(each))));
            return ids;
        }
    }

    static final class CannotCancel extends Spoiled {
        CannotCancel(TaskExecutor good) {
            super(good);
        }

        @Override
        public TaskInfo cancel(Id task, String why) {
            Never.begins();
            return good.find(task).orElseThrow();
        }
    }

    /** Takes positions for indexes, as who pages by offset does. */
    static final class LosesEvents extends Spoiled {
        LosesEvents(TaskExecutor good) {
            super(good);
        }

        @Override
        public List<TaskEvent> events(Id task, long after, int limit) {
            return good.events(task, after == 0 ? 0 : after + 1, limit);
        }
    }

    static final class TellsEventsAgain extends Spoiled {
        TellsEventsAgain(TaskExecutor good) {
            super(good);
        }

        @Override
        public List<TaskEvent> events(Id task, long after, int limit) {
            List<TaskEvent> all = good.events(task, 0, 1000);
            return limit > 50
                    ? good.events(task, after, limit)
                    : all.subList(0, after == 0 ? Math.min(limit, all.size()) : 0);
        }
    }

    static final class TellsSecrets extends Spoiled {
        TellsSecrets(TaskExecutor good) {
            super(good);
        }

        @Override
        public List<TaskEvent> events(Id task, long after, int limit) {
            return good.events(task, after, limit).stream()
                    .map(event -> new TaskEvent(
                            event.position(),
                            event.task(),
                            event.at(),
                            event.kind(),
                            event.step(),
                            event.text().replace("(secret)", "c0rrect-h0rse")))
                    .toList();
        }
    }

    /** Goes on beside who has taken over. */
    static final class NeverStops extends Spoiled {
        NeverStops(TaskExecutor good) {
            super(good);
        }

        @Override
        public void close() {
            Never.begins();
        }
    }

    static final class AcceptsTasksWhenItIsClosed extends Spoiled {
        private boolean closed;

        AcceptsTasksWhenItIsClosed(TaskExecutor good) {
            super(good);
        }

        @Override
        public List<Id> submit(List<Submission> submissions) {
            return closed ? List.of(Id.next()) : super.submit(submissions);
        }

        @Override
        public void close() {
            closed = true;
            super.close();
        }
    }
}
