// SPDX-License-Identifier: Apache-2.0
package dev.aegir.examples.crash;

import dev.aegir.task.Task;
import dev.aegir.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A task that is killed at every point, what was done before it, and how it ends when nobody kills it. Every program makes
 * the same tasks with the same identities.
 */
enum Scenario {
    /** A server is taken into the inventory. */
    ENROL_SERVER(List.of(), made -> made.enrol(0)),
    /** A server is made ready for sites. */
    PREPARE_SERVER(List.of(Step.ENROL), Made::prepare),
    /** A codebase is brought from git. */
    CREATE_CODEBASE(List.of(Step.ENROL, Step.PREPARE), Made::code),
    /** A codebase that lost its files gets them back. */
    VERIFY_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.LOSE_CODE), Made::verifyCode),
    /** No new sites. */
    LOCK_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE), Made::lock),
    /** New sites again. */
    UNLOCK_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.LOCK), Made::unlock),
    /** A site on a codebase that is there. */
    INSTALL_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE), Made::install),
    /** The same, where the server's configuration was broken by hand: it is taken back. */
    INSTALL_SITE_ON_BROKEN_SERVER(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.BREAK), Made::install),
    /** A site whose files were changed by hand. */
    VERIFY_SITE(with(Step.DRIFT), Made::verify),
    /** A server whose files were changed by hand. */
    VERIFY_SERVER(with(Step.DRIFT), Made::verifyServer),
    /** Other names. */
    SET_SITE_ALIASES(with(), Made::aliases),
    /** Other redirects. */
    UPDATE_SITE(with(), Made::update),
    /** The disabled page. */
    DISABLE_SITE(with(), Made::disable),
    /** The site again. */
    ENABLE_SITE(with(Step.DISABLE), Made::enable),
    /** A copy under a name of its own. */
    CLONE_SITE(with(), Made::copy),
    /** Another name. */
    RENAME_SITE(with(), Made::rename),
    /** Another codebase. */
    UPGRADE_SITE(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.NEWER_CODE, Step.SITE), Made::upgrade),
    /** Gone. */
    DELETE_SITE(with(), Made::delete),
    /** Not gone, because the server's configuration was broken by hand. */
    DELETE_SITE_ON_BROKEN_SERVER(with(Step.BREAK), Made::delete),
    /** The code gone. */
    DELETE_CODEBASE(List.of(Step.ENROL, Step.PREPARE, Step.CODE), Made::deleteCode),

    /** What a site has, kept while it is served. */
    FILES_BACKUP(written(), Made::backUp),
    /** The same, while nobody can write it. */
    FILES_BACKUP_FROZEN(written(), Made::backUpFrozen),
    /** A site is again what it was, and what it was before is kept. */
    FILES_RESTORE(written(Step.BACKUP, Step.CHANGE), Made::restore),
    /** A site of its own from what was kept of another. */
    FILES_RESTORE_COPY(written(Step.BACKUP), Made::restoreCopy),
    /** What was kept is proved. */
    FILES_VERIFY_BACKUP(written(Step.BACKUP), Made::verifyBackup),
    /** It is proved by a site of its own, which is gone again. */
    FILES_DRILL_BACKUP(written(Step.BACKUP), Made::drill),
    /** One of two is gone. */
    FILES_DELETE_BACKUP(written(Step.BACKUP_WHOLE, Step.CHANGE, Step.BACKUP_WHOLE_AGAIN), Made::deleteBackup),
    /** The older of two is gone. */
    FILES_PRUNE_BACKUPS(written(Step.BACKUP_WHOLE, Step.CHANGE, Step.BACKUP_WHOLE_AGAIN), Made::prune),
    /** A copy on another server. */
    FILES_CLONE(onTwo(), Made::copyElsewhere),
    /** Another name. */
    FILES_RENAME(onTwo(), Made::rename),
    /** Newer code. */
    FILES_UPGRADE(onTwo(), Made::upgrade),
    /** Another server, which what people wrote goes to directly. */
    FILES_MIGRATE(onTwoThatTalk(), Made::migrate),
    /** What it has left there is gone. */
    FILES_RETIRE(onTwoThatTalk(Step.MIGRATE), Made::retire),
    /** The former code is gone from a site's past. */
    FILES_RETIRE_UPGRADE(onTwo(Step.UPGRADE), Made::retire),
    /** The former code again. */
    FILES_REVERT(onTwo(Step.UPGRADE), Made::revert),
    /** What a site has is a copy's, too, on another server; what the copy had is kept. */
    FILES_SYNC(onTwo(Step.COPY, Step.CHANGE), Made::sync),
    /** An archive from elsewhere becomes a site. */
    FILES_IMPORT(written(Step.BACKUP, Step.EXPORT), Made::bring),
    /** What somebody has set up by hand becomes a site, and is closed meanwhile. */
    FILES_ADOPT(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.RUN), Made::adopt),
    /** What people wrote is kept, and the site is gone. */
    FILES_DELETE(written(), Made::delete),

    /** A site with a database and processes. */
    WORDPRESS_INSTALL(List.of(Step.ENROL, Step.PREPARE, Step.CODE), Made::install),
    /** The disabled page, and no cron. */
    WORDPRESS_DISABLE(with(), Made::disable),
    /** The site again, and its cron. */
    WORDPRESS_ENABLE(with(Step.DISABLE), Made::enable),
    /** Closed for a while. */
    WORDPRESS_MAINTENANCE(with(), Made::maintain),
    /** Another account in the database. */
    WORDPRESS_ROTATE_CREDENTIALS(with(), Made::rotate),
    /** Another PHP. */
    WORDPRESS_CHANGE_RUNTIME(with(), Made::changeRuntime),
    /** Closed, updated, opened. */
    WORDPRESS_UPDATE_DATABASE(with(), Made::updateDatabase),
    /** What is run regularly, now. */
    WORDPRESS_CRON(with(), Made::cron),
    /** Nothing is kept that can be made again. */
    WORDPRESS_CLEAR_CACHES(with(), Made::clearCaches),
    /** A link that logs in. */
    WORDPRESS_LOGIN_LINK(with(), Made::login),
    /** Files, database, account and all gone. */
    WORDPRESS_DELETE(with(), Made::delete),
    /** A WordPress of its own from what was kept of another. */
    WORDPRESS_RESTORE_COPY(onTwo(Step.BACKUP), Made::restoreCopy),
    /** A WordPress is again what it was. */
    WORDPRESS_RESTORE(onTwo(Step.BACKUP, Step.CHANGE), Made::restore),
    /** Another server, and its database. */
    WORDPRESS_MIGRATE(onTwo(), Made::migrate),
    /** A copy on another server. */
    WORDPRESS_CLONE(onTwo(), Made::copyElsewhere),
    /** Another name, and all that speaks of it. */
    WORDPRESS_RENAME(written(), Made::rename),
    /** Other code, and a database of its own for it. */
    WORDPRESS_UPGRADE(written(Step.NEWER_CODE, Step.SCAN), Made::upgrade),
    /** The former code, and the former database. */
    WORDPRESS_REVERT(written(Step.NEWER_CODE, Step.SCAN, Step.UPGRADE), Made::revert);

    /** What is done before. */
    enum Step {
        ENROL(made -> made.enrol(0)),
        PREPARE(Made::prepare),
        ENROL_OTHER(made -> made.enrol(1)),
        ENROL_TALKING(made -> made.enrolTalking(0)),
        ENROL_OTHER_TALKING(made -> made.enrolTalking(1)),
        PREPARE_OTHER(Made::prepareOther),
        CODE(Made::code),
        NEWER_CODE(Made::newerCode),
        LOCK(Made::lock),
        SITE(Made::install),
        DISABLE(Made::disable),
        BACKUP(Made::backUp),
        BACKUP_WHOLE(Made::backUpWhole),
        BACKUP_WHOLE_AGAIN(Made::backUpWholeAgain),
        MIGRATE(Made::migrate),
        UPGRADE(Made::upgradeAtOnce),
        COPY(Made::copyElsewhere),
        EXPORT(Made::export),
        SCAN(Made::scanNewer),
        /** By hand: somebody has asked the site for a page, and written into it. */
        WRITE,
        /** By hand: somebody has written something else. */
        CHANGE,
        /** By hand: somebody has set up a site, and written into it. */
        RUN,
        /** By hand: the site's configuration is changed. */
        DRIFT,
        /** By hand: a neighbour's configuration is broken. */
        BREAK,
        /** By hand: the codebase's files are lost. */
        LOSE_CODE;

        private final Function<Made, Task> task;

        Step() {
            this(made -> {
                throw new IllegalArgumentException("this is done by hand");
            });
        }

        Step(Function<Made, Task> task) {
            this.task = task;
        }

        Task task(Made made) {
            return task.apply(made);
        }
    }

    private final List<Step> before;
    private final Function<Made, Task> task;

    Scenario(List<Step> before, Function<Made, Task> task) {
        this.before = before;
        this.task = task;
    }

    private static List<Step> with(Step... more) {
        return and(List.of(Step.ENROL, Step.PREPARE, Step.CODE, Step.SITE), more);
    }

    private static List<Step> written(Step... more) {
        return and(with(Step.WRITE), more);
    }

    private static List<Step> onTwo(Step... more) {
        return two(Step.ENROL, Step.ENROL_OTHER, more);
    }

    private static List<Step> onTwoThatTalk(Step... more) {
        return two(Step.ENROL_TALKING, Step.ENROL_OTHER_TALKING, more);
    }

    private static List<Step> two(Step one, Step other, Step... more) {
        return and(
                List.of(
                        one,
                        Step.PREPARE,
                        other,
                        Step.PREPARE_OTHER,
                        Step.CODE,
                        Step.NEWER_CODE,
                        Step.SITE,
                        Step.WRITE),
                more);
    }

    private static List<Step> and(List<Step> first, Step... more) {
        List<Step> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    List<Step> before() {
        return before;
    }

    /** How many servers take part. */
    int servers() {
        return before.contains(Step.PREPARE_OTHER) ? 2 : 1;
    }

    /** Whether there is something that somebody has written, which is the same from run to run. */
    boolean isWritten() {
        return before.contains(Step.WRITE) || before.contains(Step.RUN);
    }

    TaskState end() {
        return name().endsWith("ON_BROKEN_SERVER") ? TaskState.ROLLED_BACK : TaskState.SUCCEEDED;
    }

    /** What the site is made of. */
    Made.Kind kind() {
        for (Made.Kind kind : List.of(Made.Kind.WORDPRESS, Made.Kind.FILES)) {
            if (name().startsWith(kind + "_")) {
                return kind;
            }
        }
        return Made.Kind.PAGES;
    }

    Task task(World world) {
        return task.apply(new Made(kind(), world));
    }
}
