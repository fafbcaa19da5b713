// SPDX-License-Identifier: Apache-2.0
package dev.aegir.engine.file.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Many names, remembered in little room. */
class KeySetTest {
    @Test
    void knowsWhatItWasTold() {
        KeySet set = new KeySet();
        for (int i = 0; i < 5000; i++) {
            set.name("a" + i);
            set.name("a" + i);
        }
        assertThat(set.size()).isEqualTo(5000);
        assertThat(set.hasName("a0") && set.hasName("a4999")).isTrue();
        assertThat(set.hasName("a5000") || set.hasName("")).isFalse();
    }

    @Test
    void knowsTheNumberOfASum() {
        KeySet set = new KeySet();
        set.sum(Sums.NOTHING, 17);
        assertThat(set.hasSum(Sums.NOTHING)).isTrue();
        assertThat(set.hasSum(Sums.NOTHING, 17)).isTrue();
        assertThat(set.hasSum(Sums.NOTHING, 18)).isFalse();
        assertThat(set.hasSum("0".repeat(64))).isFalse();
        set.sum(Sums.NOTHING, 18);
        assertThat(set.hasSum(Sums.NOTHING, 18)).isTrue();
    }
}
