// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.model.HostPath;
import dev.aegir.model.InvalidValueException;
import dev.aegir.model.Tree;
import dev.aegir.task.Change;
import dev.aegir.task.Step;
import dev.aegir.task.StepContext;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The target has what the source has. Run again it brings what has changed since. Not taken back: what is in the target was
 * made for this, and goes with it.
 *
 * @param name the step's name
 * @param from the source
 * @param to the target, with the same paths
 * @param limits how fast, and how patient
 * @param direct the way without this program, if there is one
 */
record CopyTree(String name, Tree from, Tree to, Limits limits, Optional<Direct> direct) implements Step {
    /**
     * Limits of a copy.
     *
     * @param bandwidth KiB a second; 0 for no limit
     * @param timeout seconds of silence
     */
    record Limits(int bandwidth, int timeout) {
        Limits {
            if (bandwidth < 0 || bandwidth > 10_000_000) {
                throw new InvalidValueException(
                        "setting bandwidth", String.valueOf(bandwidth), "write 1 to 10000000 KiB a second");
            }
            if (timeout < 10 || timeout > 86_400) {
                throw new InvalidValueException(
                        "setting timeout", String.valueOf(timeout), "write 10 to 86400 seconds");
            }
        }

        /** What both allow. */
        Limits and(Limits other) {
            int slower = bandwidth == 0 || other.bandwidth == 0
                    ? Math.max(bandwidth, other.bandwidth)
                    : Math.min(bandwidth, other.bandwidth);
            return new Limits(slower, Math.max(timeout, other.timeout));
        }
    }

    /** A path of a tree. */
    static HostPath at(Tree tree, String path) {
        return path.isEmpty() ? tree.directory() : tree.directory().resolve(path);
    }

    @Override
    public List<Change> preview(StepContext context) {
        return List.of(new Change(
                Change.Kind.RUN,
                to.server().value(),
                "copy to " + to.directory(),
                "from " + from + ": what is missing or different there; what is too much there is deleted\n"
                        + direct.map(this::way).orElse("")));
    }

    private String way(Direct way) {
        return "directly" + (way.must() ? "" : " if it is reached") + ": " + to.server() + " lets " + from.server()
                + " in as " + way.account() + " at " + way.host() + " port " + way.port() + ", for this copy alone\n";
    }

    @Override
    public void run(StepContext context) throws InterruptedException {
        long bytes = 0;
        long files = 0;
        for (int index = 0; index < from.paths().size(); index++) {
            RsyncPair.Copied copied = copied(context, index);
            bytes += copied.bytes();
            files += copied.files();
        }
        context.log(bytes + " bytes, " + files + " files changed");
        // What a site writes, or what was made of it for the way.
        String what = "copied." + (to.account().isPresent() ? "files" : "staging");
        long bytesBefore = context.recall(what + ".bytes", Long.class).orElse(0L);
        long filesBefore = context.recall(what + ".count", Long.class).orElse(0L);
        context.remember(what + ".bytes", bytes + bytesBefore);
        context.remember(what + ".count", files + filesBefore);
        context.results(Map.of(
                what + ".bytes", String.valueOf(bytes + bytesBefore),
                what + ".count", String.valueOf(files + filesBefore)));
    }

    /** What an earlier attempt has left at work ends; what was copied goes with the target. */
    @Override
    public void undo(StepContext context) throws InterruptedException {
        if (local()) {
            new LocalCopy(context, from, to).stop();
        }
        if (direct.isPresent()) {
            new MeshCopy(context, name, from, to, limits, direct.get()).forget();
        }
    }

    private RsyncPair.Copied copied(StepContext context, int index) throws InterruptedException {
        if (local()) {
            Optional<LocalCopy.Local> local = new LocalCopy(context, from, to).copy(index);
            if (local.isPresent()) {
                if (local.get().shared() > 0) {
                    context.log(
                            local.get().shared() + " files share their content with the source's until one is written");
                }
                return local.get().copied();
            }
            context.log("copied by rsync: this server has no perl, or its privileged account is not root");
        }
        String path = from.paths().get(index);
        if (direct.isPresent()) {
            Optional<RsyncPair.Copied> copied = new MeshCopy(context, name, from, to, limits, direct.get()).copy(path);
            if (copied.isPresent()) {
                return copied.get();
            }
        }
        return new RsyncPair(context, from, to, limits).copy(path);
    }

    /** Whether no network is between the two, nor a limit to be kept. */
    private boolean local() {
        return from.server().equals(to.server()) && limits.bandwidth() == 0;
    }
}
