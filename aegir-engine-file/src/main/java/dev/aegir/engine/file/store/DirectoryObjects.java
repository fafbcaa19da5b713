// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import dev.aegir.host.Host;
import dev.aegir.host.HostUnreachableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Deque;

/** Objects as files of a directory of a server. */
final class DirectoryObjects implements FileObjects {
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

    @Override
    public void list(String prefix, Listener listener) throws InterruptedException {
        // Once only: nobody shall hear of an object twice. Whoever deletes what he hears of does so by another keeper.
        done(0, keeper -> {
            keeper.list(prefix.substring(0, prefix.length() - 1), (name, size) -> listener.object(prefix + name, size));
            return true;
        });
    }

    @Override
    public void put(String file, long length, Content content) throws InterruptedException {
        done(keeper -> {
            try (InputStream in = content.open()) {
                keeper.put(file, length, in);
            }
            return true;
        });
    }

    @Override
    public boolean get(String file, long limit, Sink sink) throws InterruptedException {
        return done(keeper -> keeper.get(file, limit, sink::open));
    }

    @Override
    public void delete(String name) throws InterruptedException {
        done(keeper -> {
            keeper.delete(FileObjects.file(name));
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
