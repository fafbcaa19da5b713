// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** A part that is read from a store, of which there are several in memory, each once. */
class PartTest {
    @Test
    void whatWasWrittenIsTakenAndNotKept() throws Exception {
        Part part = new Part(4);
        part.write(new byte[] {1, 2, 3, 4}, 0, 4);
        assertThat(part.content()).containsExactly(1, 2, 3, 4);
        assertThat(part.content()).as("what is kept of it").isEmpty();
        assertThatThrownBy(() -> part.write(5)).isInstanceOf(IOException.class);
    }

    @Test
    void whatWasWrittenBeforeDoesNotCount() throws Exception {
        Part part = new Part(4);
        part.write(new byte[] {1, 2, 3}, 0, 3);
        part.anew().write(new byte[] {7, 8}, 0, 2);
        assertThat(part.content()).containsExactly(7, 8);
    }

    @Test
    void itIsNotLongerThanWasSaid() throws Exception {
        Part part = new Part(2);
        part.write(1);
        assertThatThrownBy(() -> part.write(new byte[2], 0, 2)).hasMessageContaining("longer than 2 bytes");
        assertThat(part.content()).containsExactly(1);
    }
}
