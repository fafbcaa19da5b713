// SPDX-License-Identifier: Apache-2.0
package dev.aegir.testkit;

import dev.aegir.host.CommandResult;
import dev.aegir.host.Input;
import dev.aegir.host.RunningCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/**
 * A program that runs when its input is closed, or when somebody first reads its output or waits for it: a fake program sees
 * its whole input at once.
 */
final class FakeProcess implements RunningCommand {
    private final Function<Input, CommandResult> program;
    private final ByteArrayOutputStream input = new ByteArrayOutputStream();
    private Optional<CommandResult> result = Optional.empty();

    FakeProcess(Function<Input, CommandResult> program) {
        this.program = program;
    }

    @Override
    public OutputStream stdin() {
        return new OutputStream() {
            @Override
            public void write(int value) {
                input.write(value);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                input.write(bytes, offset, length);
            }

            @Override
            public void close() {
                ended();
            }
        };
    }

    @Override
    public InputStream stdout() {
        return new Output() {
            @Override
            byte[] bytes() {
                return ended().stdoutBytes();
            }
        };
    }

    @Override
    public InputStream stderr() {
        return new Output() {
            @Override
            byte[] bytes() {
                return ended().stderr().getBytes(java.nio.charset.StandardCharsets.UTF_8);
            }
        };
    }

    @Override
    public OptionalInt waitFor(Duration limit) {
        return OptionalInt.of(ended().exit());
    }

    @Override
    public void close() {
        // A program that nobody has waited for is killed before it does anything.
    }

    private synchronized CommandResult ended() {
        if (result.isEmpty()) {
            result = Optional.of(program.apply(Input.bytes(input.toByteArray())));
        }
        return result.get();
    }

    /** Output that is not there before somebody reads it. */
    private abstract static class Output extends InputStream {
        private Optional<InputStream> content = Optional.empty();

        abstract byte[] bytes();

        private InputStream content() {
            if (content.isEmpty()) {
                content = Optional.of(new ByteArrayInputStream(bytes()));
            }
            return content.get();
        }

        @Override
        public int read() throws java.io.IOException {
            return content().read();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws java.io.IOException {
            return content().read(target, offset, length);
        }
    }
}
