// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Host;
import dev.aegir.host.HostUnreachableException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** Objects as files of a directory of a server, in as many directories as there are beginnings of checksums. */
final class DirectoryObjects implements ObjectStore {
    private final Place place;
    private final Place.Directory directory;
    private final Host host;
    private final Retries retries;
    private final Deque<DirectoryKeeper> idle = new ArrayDeque<>();

    DirectoryObjects(Place place, Place.Directory directory, Host host, Retries retries) {
        this.place = place;
        this.directory = directory;
        this.host = host;
        this.retries = retries;
    }

    private interface Work<T> {
        T with(DirectoryKeeper keeper) throws IOException, InterruptedException;
    }

    private interface Content {
        InputStream open() throws IOException;
    }

    private interface Sink {
        OutputStream open() throws IOException;
    }

    @Override
    public void list(String prefix, Listener listener) throws InterruptedException {
        // Once only: nobody shall hear of an object twice. Whoever deletes what he hears of does so by another keeper.
        done(0, keeper -> {
            keeper.list(prefix.substring(0, prefix.length() - 1), (name, size) -> listener.object(prefix + name, size));
            return true;
        });
    }

    @Override
    public void put(String name, byte[] content) throws InterruptedException {
        put(name, content.length, () -> new ByteArrayInputStream(content));
    }

    @Override
    public void put(String name, Path file, String sha256) throws InterruptedException, IOException {
        put(name, Files.size(file), () -> Files.newInputStream(file));
    }

    private void put(String name, long length, Content content) throws InterruptedException {
        done(keeper -> {
            try (InputStream in = content.open()) {
                keeper.put(file(name), length, in);
            }
            return true;
        });
    }

    @Override
    public Optional<byte[]> get(String name, int limit) throws InterruptedException {
        Part part = new Part(limit);
        return got(name, limit, part::anew) ? Optional.of(part.content()) : Optional.empty();
    }

    @Override
    public boolean get(String name, Path file, long limit) throws InterruptedException {
        return got(name, limit, () -> Files.newOutputStream(file));
    }

    private boolean got(String name, long limit, Sink sink) throws InterruptedException {
        return done(keeper -> keeper.get(file(name), limit, sink::open));
    }

    @Override
    public void delete(String name) throws InterruptedException {
        done(keeper -> {
            keeper.delete(file(name));
            return true;
        });
    }

    /** Tries until there is an answer that another try would not change. */
    private <T> T done(Work<T> work) throws InterruptedException {
        return done(retries.most(), work);
    }

    private <T> T done(int most, Work<T> work) throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            DirectoryKeeper keeper = keeper();
            try {
                return work.with(keeper);
            } catch (IOException e) {
                if (attempt == most) {
                    throw new HostUnreachableException(
                            host.server().value(), "the store " + place + " broke off: " + keeper.why(e), e);
                }
            } finally {
                back(keeper);
            }
            retries.pause(attempt);
        }
    }

    private DirectoryKeeper keeper() throws InterruptedException {
        synchronized (idle) {
            if (!idle.isEmpty()) {
                return idle.pop();
            }
        }
        return DirectoryKeeper.start(host, place, directory);
    }

    /** What has not answered all that it was asked would answer that first. */
    private void back(DirectoryKeeper keeper) {
        if (keeper.ready()) {
            synchronized (idle) {
                idle.push(keeper);
            }
        } else {
            keeper.close();
        }
    }

    /** Not all in one directory. */
    private static String file(String name) {
        int slash = name.lastIndexOf('/');
        String last = name.substring(slash + 1);
        boolean object = slash > 0 && name.substring(0, slash).endsWith("/objects") && last.length() > 2;
        return object ? name.substring(0, slash + 1) + last.substring(0, 2) + "/" + last : name;
    }

    @Override
    public String toString() {
        return place.toString();
    }

    @Override
    public void close() {
        synchronized (idle) {
            idle.forEach(DirectoryKeeper::close);
            idle.clear();
        }
    }
}
