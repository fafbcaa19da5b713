// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.aegir.engine.file.store.FileStoreException.Problem;
import dev.aegir.model.Service;
import dev.aegir.testkit.FileStoreGround;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A repository behind a web server that wants a token. */
@Timeout(60)
class GitWebTest {
    private static final String BRANCH = "aegir/" + FileStoreGround.OWNER;

    @TempDir
    Path home;

    private GitWeb web;
    private FileStoreGround ground;

    @BeforeEach
    void open() throws Exception {
        Files.createDirectories(home.resolve("work"));
        web = new GitWeb(home.resolve("web"));
        ground = ground(home.resolve("one"), web.service(home.resolve("work")), GitWeb.TOKEN);
        ground.sh("mkdir a; for i in $(seq 9); do echo $i >a/$i; done; head -c 3000000 /dev/urandom >large;"
                + " find . -exec touch -h -d '2026-01-02 03:04:05.123456789' {} +");
    }

    @AfterEach
    void close() {
        ground.close();
        web.close();
    }

    private static FileStoreGround ground(Path directory, Service service, String token) throws Exception {
        return new FileStoreGround(directory, new GitEngine(), service).secret("git/token", token);
    }

    private static void fails(Problem problem, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FileStoreException.class, e -> assertThat(e.problem()).isEqualTo(problem))
                .hasMessageNotContaining(GitWeb.TOKEN);
    }

    /** Somebody writes to a branch of the repository. */
    private void push(String branch, String script) throws Exception {
        FileStoreGround.said(
                home,
                "rm -rf clone; git init --quiet clone; cd clone; git fetch --quiet ../web/files.git '" + branch
                        + "' && git checkout --quiet FETCH_HEAD || true; " + script
                        + "; git add -A; git -c user.name=x -c user.email=x commit --quiet -m x;"
                        + " git push --quiet ../web/files.git HEAD:refs/heads/" + branch);
    }

    @Test
    void eachSiteHasABranchAndNothingIsLeftOnTheWay() throws Exception {
        web.givesParts();
        push("main", "echo of others >README");
        assertThat(ground.store()).isGreaterThan(3_000_000);
        String version = ground.told().get("stored.version");
        assertThat(web.git("rev-parse " + BRANCH)).isEqualTo(version);
        assertThat(web.git("show " + BRANCH + ":tree/files/a/7")).isEqualTo("7");
        web.given();
        ground.sh("echo more >a/1; mv a/2 moved; chmod 755 a/3; touch a/4");
        ground.store();
        assertThat(web.given()).as("bytes that came to store what has changed").isLessThan(20_000);
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));
        assertThat(web.git("rev-list --count " + BRANCH)).isEqualTo("2");
        assertThat(web.git("fsck --strict --full 2>&1")).isEmpty();
        ground.forget();
        assertThat(web.git("for-each-ref --format='%(refname)'")).isEqualTo("refs/heads/main");
        try (Stream<Path> left = Files.list(home.resolve("work"))) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void whatGivesNoPartsGivesAllAndThatIsSaid() throws Exception {
        ground.store();
        web.given();
        ground.sh("echo more >a/1");
        ground.store();
        assertThat(web.given()).isGreaterThan(3_000_000);
        assertThat(ground.lines()).anyMatch(line -> line.contains("uploadpack.allowFilter"));
        ground.fetch();
        assertThat(FileStoreGround.look(ground.copy())).isEqualTo(FileStoreGround.look(ground.site()));
    }

    @Test
    void aBranchOfSomebodyElsesIsNeitherWrittenNorDeleted() throws Exception {
        web.givesParts();
        for (String script : new String[] {"echo mine >README", "printf 'aegir-files 1\\nowner somebody\\n' >index"}) {
            push(BRANCH, script);
            String before = web.git("rev-parse " + BRANCH);
            fails(Problem.REFUSED, ground::store);
            fails(Problem.REFUSED, ground::fetch);
            fails(Problem.REFUSED, ground::forget);
            assertThat(web.git("rev-parse " + BRANCH)).isEqualTo(before);
        }
    }

    /** Whoever else stores files of the same site meanwhile loses nothing, and is named as the reason. */
    @Test
    void whatSomebodyHasPushedMeanwhileStays() throws Exception {
        web.givesParts();
        ground.store();
        ground.sh("echo more >a/1");
        String hook = "#!/bin/sh\\nexec >&2; test -n \"$GIT_QUARANTINE_PATH\" || exit 0; unset GIT_QUARANTINE_PATH;"
                + " git update-ref refs/heads/" + BRANCH + " $(cat meanwhile)\\n";
        push(BRANCH, "echo other >tree/files/a/2; git update-ref refs/heads/x HEAD");
        String theirs = web.git("rev-parse " + BRANCH);
        web.git("update-ref refs/heads/" + BRANCH + " " + theirs + "^");
        FileStoreGround.said(
                home.resolve("web/files.git"),
                "echo " + theirs + " >meanwhile; printf '" + hook
                        + "' >hooks/pre-receive; chmod 755 hooks/pre-receive");
        fails(Problem.CHANGED, ground::store);
        assertThat(web.git("rev-parse " + BRANCH)).isEqualTo(theirs);
    }

    @Test
    void aVersionOfAnotherSiteIsNotGiven() throws Exception {
        web.givesParts();
        ground.store();
        push("main", "echo of others >README");
        fails(Problem.NOTHING, () -> ground.fetch(web.git("rev-parse main")));
        fails(Problem.NOTHING, () -> ground.fetch("1".repeat(40)));
    }

    @Test
    void whatCannotBeUsedIsSaidBeforeAnythingIsSent() throws Exception {
        Service service = web.service(home.resolve("work"));
        try (FileStoreGround other = ground(home.resolve("two"), service, "another")) {
            fails(Problem.REFUSED, other::store);
        }
        try (FileStoreGround other = ground(home.resolve("three"), service.with("user", "nobody"), GitWeb.TOKEN)) {
            fails(Problem.REFUSED, other::store);
        }
        Service elsewhere = service.with("url", web.url().replace("files.git", "none.git"));
        try (FileStoreGround other = ground(home.resolve("four"), elsewhere, GitWeb.TOKEN)) {
            fails(Problem.REFUSED, other::store);
        }
        web.close();
        fails(Problem.UNREACHABLE, ground::store);
    }
}
