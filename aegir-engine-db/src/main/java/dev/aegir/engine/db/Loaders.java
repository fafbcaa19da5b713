// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.db;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * One or more clients that load a dump together: rows go to the one that has the least to do, once it is sure that their table is
 * there; what depends on rows waits for them. With one client everything goes there, in its order. For one thread.
 */
final class Loaders implements Statements {
    private final List<Loader> loaders;
    private final Dealing dealing;
    private final Optional<DirectRows> direct;
    private final Optional<Made> made;
    private final OutputStream all = new All();
    /** Whether the first has made something since the last rows, of which the others do not know. */
    private boolean unknown = true;

    private boolean elsewhere;
    private long mark;

    Loaders(List<Loader> loaders, Dealing dealing) throws IOException {
        this(loaders, dealing, Optional.empty(), Optional.empty());
    }

    Loaders(List<Loader> loaders, Dealing dealing, Optional<DirectRows> direct, Optional<LateKeys> keys)
            throws IOException {
        this.direct = direct;
        this.made = keys.map(Made::new);
        this.loaders = List.copyOf(loaders);
        this.dealing = dealing;
        first().say(dealing.begin());
    }

    private Loader first() {
        return loaders.get(0);
    }

    @Override
    public OutputStream next(List<String> words) throws IOException {
        if (loaders.size() == 1) {
            return first();
        }
        if (made.isPresent()) {
            made.get().over();
        }
        return switch (dealing.next(words)) {
            case ALL -> all;
            case NONE -> OutputStream.nullOutputStream();
            case BESIDE -> {
                unknown = true;
                yield made.isPresent() && words.get(0).equals("CREATE") ? made.get() : first();
            }
            case FIRST -> {
                unknown = true;
                waitForRows();
                yield first();
            }
            case ANY -> rows();
        };
    }

    @Override
    public boolean oneByOne() {
        return loaders.size() > 1;
    }

    /** The first rows of a table go where the table was made: small tables wait for nobody. */
    private Loader rows() throws IOException {
        if (publish()) {
            return first();
        }
        Loader least = first();
        for (Loader loader : loaders) {
            if (loader.waiting() < least.waiting()) {
                least = loader;
            }
        }
        if (least != first()) {
            first().await(mark);
            elsewhere = true;
        }
        return least;
    }

    /** The others may know what the first has made, when it has come to the mark; whether they did not. */
    private boolean publish() throws IOException {
        if (!unknown) {
            return false;
        }
        first().say(dealing.publish());
        mark = first().mark();
        unknown = false;
        return true;
    }

    @Override
    public long beside(String copy, long offset) throws IOException {
        long length = direct.map(rows -> rows.length(offset)).orElse(0L);
        if (length == 0 || !dealing.allowsBeside()) {
            return 0;
        }
        if (made.isPresent()) {
            made.get().over();
        }
        publish();
        first().await(mark);
        return direct.get().load(copy, offset) ? length : 0;
    }

    private void waitForRows() throws IOException {
        if (direct.isPresent()) {
            direct.get().await();
        }
        if (elsewhere) {
            for (Loader loader : loaders.subList(1, loaders.size())) {
                loader.await(loader.mark());
            }
            elsewhere = false;
        }
    }

    /** Everything was written. */
    void end() throws IOException {
        if (made.isPresent()) {
            made.get().over();
        }
        waitForRows();
        if (made.isPresent()) {
            keys(made.get().keys.then());
        }
        first().say(dealing.end());
        for (Loader loader : loaders) {
            loader.end();
        }
    }

    /** Side by side: nobody waits for them but who ends. */
    private void keys(List<String> statements) throws IOException {
        if (!statements.isEmpty()) {
            // The others may not know the tables yet that the first has made last.
            publish();
            first().await(mark);
        }
        for (int i = 0; i < statements.size(); i++) {
            loaders.get(i % loaders.size()).write(statements.get(i).getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** A statement that makes a table, to its end. */
    private final class Made extends OutputStream {
        /** Of a statement that is longer nothing is made later. */
        private static final int LONGEST = 1 << 20;

        private final LateKeys keys;
        private final ByteArrayOutputStream statement = new ByteArrayOutputStream();
        private boolean tooLong;

        private Made(LateKeys keys) {
            this.keys = keys;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            if (!tooLong && statement.size() + length > LONGEST) {
                tooLong = true;
                first().write(statement.toByteArray());
                statement.reset();
            }
            if (tooLong) {
                first().write(bytes, from, length);
            } else {
                statement.write(bytes, from, length);
            }
        }

        void over() throws IOException {
            if (statement.size() > 0) {
                first().write(keys.now(statement.toString(StandardCharsets.ISO_8859_1))
                        .getBytes(StandardCharsets.ISO_8859_1));
                statement.reset();
            }
            tooLong = false;
        }
    }

    private final class All extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            for (Loader loader : loaders) {
                loader.write(b);
            }
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            for (Loader loader : loaders) {
                loader.write(bytes, from, length);
            }
        }
    }
}
