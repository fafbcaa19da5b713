// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file;

import dev.aegir.model.InvalidValueException;
import dev.aegir.model.RefusedException;
import dev.aegir.model.Settings;
import dev.aegir.model.Tree;
import dev.aegir.spi.EngineRequest;
import dev.aegir.spi.FileEngine;
import dev.aegir.spi.ServiceRequest;
import dev.aegir.task.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Copies files with rsync from one server to another, usually without any connection between the two: an rsync runs on each of
 * them, and this program carries what they tell each other. So neither server ever knows a key of the other, no port is opened,
 * and no shell reads a word. Each rsync runs as the account that its tree belongs to, and touches nothing that this
 * account could not touch anyway, whatever links lie there.
 *
 * <p>On one server there is nothing to carry: a program there, of perl, reads as the one account and writes as the other, and
 * opens every directory in the one above it, never through a link. Where the file system allows (XFS, Btrfs), the files share
 * their content until one of them is written; elsewhere it is copied. Times are kept to the second. Where there is no perl, or
 * the privileged account is not root, or a bandwidth is set, rsync does it as it does between two.
 *
 * <p>Two servers whose services both allow it talk to each other directly when the source reaches the target and sees the host
 * key that is pinned: by OpenSSH and a key that is made on the source for one copy. The target lets it in for five minutes, from
 * the source's addresses, for the one rsync that writes that tree as its account; key and permission are removed when the copy has
 * ended, however it has, and by whoever goes on after a crash. The account that Aegir uses on the target must have a file {@code
 * ~/.ssh/authorized_keys}.
 *
 * <p>Links are copied as links and never followed; modes and times are kept, owners are not: files belong to the target's
 * account, and lose set-id bits. Devices, pipes and sockets stay behind. A copy that was broken off goes on where it was
 * when it is run again.
 *
 * <p>The settings of a service, all of them optional; a server that declares no file service has none:
 *
 * <ul>
 *   <li>{@code bandwidth} - how many KiB a second a copy from or to this server may take, 1 to 10000000 (no limit).
 *   <li>{@code timeout} - after how many seconds without a word from the other side a copy ends, 10 to 86400 ({@code 300}).
 *   <li>{@code route} - {@code hub} through this program (the default); {@code auto} directly where that is possible, and through
 *       this program where not; {@code mesh} directly or not at all. Both servers must allow the direct way.
 *   <li>{@code address}, {@code port} - how other servers reach this one's OpenSSH (those of the server's address; with {@code
 *       address} alone, port 22).
 * </ul>
 *
 * <p>It needs Debian's package rsync, 3.1.3 or later, on both servers; it installs nothing.
 */
public final class RsyncEngine implements FileEngine {
    /** For ServiceLoader. */
    public RsyncEngine() {}

    @Override
    public String name() {
        return "rsync";
    }

    @Override
    public Set<Class<? extends Step>> steps() {
        return Set.of(RequireRsync.class, MakeTree.class, CopyTree.class, RemoveTree.class);
    }

    @Override
    public List<Step> prepare(ServiceRequest request) {
        limits(request.settings());
        Direct.Route.of(request.settings());
        return List.of(new RequireRsync(
                "rsync: installed on " + request.server().name(),
                request.server().name()));
    }

    @Override
    public List<Step> ensure(EngineRequest<Tree> request) {
        limits(request.settings());
        Tree tree = checked(request);
        return List.of(new MakeTree("rsync: directories of " + of(tree), tree));
    }

    @Override
    public List<Step> remove(EngineRequest<Tree> request) {
        limits(request.settings());
        Tree tree = checked(request);
        return List.of(new RemoveTree("rsync: no directories of " + of(tree), tree));
    }

    @Override
    public List<Step> copy(EngineRequest<Tree> from, EngineRequest<Tree> to) {
        Tree source = checked(from);
        Tree target = checked(to);
        if (!source.paths().equals(target.paths())) {
            throw new RefusedException("Files of " + source.title() + " cannot be copied from " + source.paths()
                    + " to " + target.paths() + ": both must have the same paths.");
        }
        boolean oneServer = source.server().equals(target.server());
        if (oneServer
                && (source.directory().isWithin(target.directory())
                        || target.directory().isWithin(source.directory()))) {
            throw new RefusedException("Files of " + source.title() + " cannot be copied from " + source + " to "
                    + target + ": one lies within the other.");
        }
        CopyTree.Limits limits = limits(from.settings()).and(limits(to.settings()));
        String name = "rsync: copy " + of(source) + " to " + target.server() + ":" + target.directory();
        List<Step> steps = new ArrayList<>();
        if (target.account().isEmpty()) {
            // A tree with an account lies in a directory that somebody else has made for that account.
            steps.add(new MakeTree("rsync: directories of " + of(target), target));
        }
        steps.add(new CopyTree(name, source, target, limits, Direct.between(from, to)));
        return steps;
    }

    private static Tree checked(EngineRequest<Tree> request) {
        Tree asked = request.resource();
        Tree tree = asked.at(request.server().name(), asked.directory(), asked.account());
        if (tree.directory().value().equals("/") || tree.paths().isEmpty()) {
            throw new InvalidValueException(
                    "tree", tree.toString(), "name a directory, and one or more paths in it; the whole server is none");
        }
        return tree;
    }

    private static CopyTree.Limits limits(Settings settings) {
        return new CopyTree.Limits(settings.number("bandwidth", 0), settings.number("timeout", 300));
    }

    private static String of(Tree tree) {
        return tree.title() + " (" + tree.server() + ":" + tree.directory() + ")";
    }
}
