// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit.backends;

import dev.aegir.host.Applied;
import dev.aegir.host.Command;
import dev.aegir.host.CommandResult;
import dev.aegir.host.ConfigRejectedException;
import dev.aegir.host.DriftPolicy;
import dev.aegir.host.Fence;
import dev.aegir.host.FencedException;
import dev.aegir.host.FileChange;
import dev.aegir.host.FileTransaction;
import dev.aegir.host.Host;
import dev.aegir.host.HostFiles;
import dev.aegir.host.Input;
import dev.aegir.model.HostPath;
import dev.aegir.model.Id;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Hosts that spoil what is to be kept: keys, files, fences. */
final class BrokenKeeping {
    private BrokenKeeping() {}

    static final class RunsAgain extends Spoiled {
        RunsAgain(Host good) {
            super(good);
        }

        @Override
        public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
            return good.run(command, input);
        }
    }

    /** Remembers keys only as long as it is connected. */
    static final class RunsOncePerConnection extends Spoiled {
        private final String connection = Id.next().value();

        RunsOncePerConnection(Host good) {
            super(good);
        }

        @Override
        public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
            return good.runOnce(key.isEmpty() ? key : key + connection, command, input);
        }

        @Override
        public void stop(String key) throws InterruptedException {
            good.stop(key + connection);
        }
    }

    static final class StopsNothing extends Spoiled {
        StopsNothing(Host good) {
            super(good);
        }

        @Override
        public void stop(String key) {}
    }

    static final class MakesKeysFit extends Spoiled {
        MakesKeysFit(Host good) {
            super(good);
        }

        @Override
        public CommandResult runOnce(String key, Command command, Input input) throws InterruptedException {
            return good.runOnce("k" + key.replaceAll("[^A-Za-z0-9._-]", ""), command, input);
        }
    }

    /** Files that are spoiled. */
    abstract static class SpoiledFiles extends Spoiled {
        SpoiledFiles(Host good) {
            super(good);
        }

        abstract Files spoil(HostFiles files);

        @Override
        public HostFiles files() {
            return spoil(good.files());
        }
    }

    static final class ListsInAnyOrder extends SpoiledFiles {
        ListsInAnyOrder(Host good) {
            super(good);
        }

        @Override
        Files spoil(HostFiles files) {
            return new Files(files) {
                @Override
                public List<String> list(HostPath directory) throws InterruptedException {
                    List<String> names = new ArrayList<>(super.list(directory));
                    java.util.Collections.reverse(names);
                    return names;
                }
            };
        }
    }

    static final class CutsLongFiles extends SpoiledFiles {
        CutsLongFiles(Host good) {
            super(good);
        }

        @Override
        Files spoil(HostFiles files) {
            return new Files(files) {
                @Override
                public Optional<byte[]> read(HostPath path, int limit) throws InterruptedException {
                    return super.read(path, 1 << 20)
                            .map(content -> Arrays.copyOf(content, Math.min(limit, content.length)));
                }
            };
        }
    }

    private static FileTransaction without(
            FileTransaction all, List<FileChange> files, boolean contained, DriftPolicy drift) {
        return new FileTransaction(
                files,
                contained ? all.contained() : List.of(),
                all.checks(),
                all.activations(),
                all.confirmations(),
                drift);
    }

    /** Writes them one after the other, and checks at the end. */
    static final class WritesOneByOne extends SpoiledFiles {
        WritesOneByOne(Host good) {
            super(good);
        }

        @Override
        Files spoil(HostFiles files) {
            return new Files(files) {
                @Override
                public Applied apply(String key, FileTransaction transaction) throws InterruptedException {
                    List<FileChange> all = transaction.files();
                    for (FileChange each : all.subList(0, all.size() - 1)) {
                        super.apply(
                                key,
                                new FileTransaction(
                                        List.of(each),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        transaction.drift()));
                    }
                    return super.apply(
                            key,
                            without(transaction, all.subList(all.size() - 1, all.size()), true, transaction.drift()));
                }
            };
        }
    }

    static final class IgnoresChecks extends Spoiled {
        IgnoresChecks(Host good) {
            super(good);
        }

        @Override
        FileTransaction transaction(FileTransaction all) {
            return new FileTransaction(
                    all.files(), all.contained(), List.of(), all.activations(), all.confirmations(), all.drift());
        }
    }

    /** Says that all is as it was, and it is not. */
    static final class PutsNothingBack extends SpoiledFiles {
        PutsNothingBack(Host good) {
            super(good);
        }

        @Override
        Files spoil(HostFiles files) {
            return new Files(files) {
                @Override
                public Applied apply(String key, FileTransaction transaction) throws InterruptedException {
                    try {
                        return super.apply(key, transaction);
                    } catch (ConfigRejectedException e) {
                        super.apply(
                                key + ".again",
                                new FileTransaction(
                                        transaction.files(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        transaction.drift()));
                        throw e;
                    }
                }
            };
        }
    }

    static final class NeverTakesBack extends SpoiledFiles {
        NeverTakesBack(Host good) {
            super(good);
        }

        @Override
        Files spoil(HostFiles files) {
            return new Files(files) {
                @Override
                public boolean revert(String key, FileTransaction transaction) {
                    return true;
                }
            };
        }
    }

    static final class IgnoresOwners extends Spoiled {
        IgnoresOwners(Host good) {
            super(good);
        }

        @Override
        FileTransaction transaction(FileTransaction all) {
            return without(
                    all, all.files().stream().map(IgnoresOwners::anybodys).toList(), true, all.drift());
        }

        private static FileChange anybodys(FileChange change) {
            return change instanceof FileChange.Write write
                    ? new FileChange.Write(
                            write.path(), write.content(), write.mode(), write.account(), Optional.empty())
                    : new FileChange.Delete(change.path(), Optional.empty());
        }
    }

    static final class AlwaysOverwrites extends Spoiled {
        AlwaysOverwrites(Host good) {
            super(good);
        }

        @Override
        FileTransaction transaction(FileTransaction all) {
            return without(all, all.files(), true, DriftPolicy.OVERWRITE);
        }
    }

    static final class LooksNotWhereLinksLead extends Spoiled {
        LooksNotWhereLinksLead(Host good) {
            super(good);
        }

        @Override
        FileTransaction transaction(FileTransaction all) {
            return without(all, all.files(), false, all.drift());
        }
    }

    static final class ForgetsModes extends Spoiled {
        ForgetsModes(Host good) {
            super(good);
        }

        @Override
        FileTransaction transaction(FileTransaction all) {
            return without(all, all.files().stream().map(ForgetsModes::readable).toList(), true, all.drift());
        }

        private static FileChange readable(FileChange change) {
            return change instanceof FileChange.Write write
                    ? new FileChange.Write(write.path(), write.content(), "0644", write.account(), write.owner())
                    : change;
        }
    }

    static final class KnowsNoFences extends Spoiled {
        KnowsNoFences(Host good) {
            super(good);
        }

        @Override
        public Host fenced(Fence fence) {
            return new Spoiled(good) {
                @Override
                public void close() {}
            };
        }
    }

    /** Knows who was there over this connection only, and nothing of others. */
    static final class FencesItsOwnConnection extends Spoiled {
        private final Map<String, Long> seen = new ConcurrentHashMap<>();

        FencesItsOwnConnection(Host good) {
            super(good);
        }

        @Override
        public Host fenced(Fence fence) {
            return new Spoiled(good) {
                @Override
                public CommandResult run(Command command, Input input) throws InterruptedException {
                    if (seen.merge(fence.resource(), fence.token(), Math::max) > fence.token()) {
                        throw new FencedException("here", fence.resource());
                    }
                    return super.run(command, input);
                }

                @Override
                public void close() {}
            };
        }
    }

    static final class ForgetsFencesOfFiles extends Spoiled {
        ForgetsFencesOfFiles(Host good) {
            super(good);
        }

        @Override
        public Host fenced(Fence fence) {
            return new Spoiled(good.fenced(fence)) {
                @Override
                public HostFiles files() {
                    return ForgetsFencesOfFiles.this.files();
                }
            };
        }
    }

    static final class OneFenceForAll extends Spoiled {
        OneFenceForAll(Host good) {
            super(good);
        }

        @Override
        public Host fenced(Fence fence) {
            return good.fenced(new Fence("all", fence.token()));
        }
    }

    static final class ClosesWithItsViews extends Spoiled {
        ClosesWithItsViews(Host good) {
            super(good);
        }

        @Override
        public Host fenced(Fence fence) {
            return new Spoiled(good.fenced(fence)) {
                @Override
                public void close() {
                    ClosesWithItsViews.this.close();
                }
            };
        }
    }
}
