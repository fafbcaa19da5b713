// SPDX-License-Identifier: Apache-2.0
package dev.aegir.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
    @ParameterizedTest
    @CsvSource({
        "P1D at 02:00 within PT0S, 2026-03-29T01:59:59Z, 2026-03-28T02:00:00Z",
        "P1D at 02:00 within PT0S, 2026-03-29T02:00:00Z, 2026-03-29T02:00:00Z",
        "P1D at 02:00 within PT0S, 2026-10-25T23:59:59Z, 2026-10-25T02:00:00Z",
        "PT1H within PT0S, 2026-01-01T00:59:59Z, 2026-01-01T00:00:00Z",
        "P7D at 03:30 within PT0S, 2026-01-07T23:00:00Z, 2026-01-01T03:30:00Z",
        "PT1H within PT0S, 1969-12-31T23:30:00Z, 1969-12-31T23:00:00Z"
    })
    void isDueLast(String text, Instant now, Instant due) {
        assertThat(Schedule.of(text).due(now, "a")).isEqualTo(due);
    }

    @Test
    void isSpreadAndAlwaysTheSame() {
        Schedule daily = Schedule.of("P1D at 02:00 within PT3H");
        Instant night = Instant.parse("2026-03-04T02:00:00Z");
        Instant evening = Instant.parse("2026-03-04T20:00:00Z");
        Set<Instant> all = IntStream.range(0, 200)
                .mapToObj(i -> daily.due(evening, "site" + i))
                .collect(Collectors.toSet());
        assertThat(all)
                .hasSizeGreaterThan(150)
                .allMatch(due -> !due.isBefore(night) && due.isBefore(night.plus(Duration.ofHours(3))));
        assertThat(daily.due(evening, "site1")).isEqualTo(daily.due(evening, "site1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "daily",
                "P1D at 25:00",
                "P1D within P1D",
                "PT1S",
                "P367D",
                "-P1D",
                "P1D at",
                "P1D within -PT1H",
                "P1M"
            })
    void isRefused(String text) {
        assertThatThrownBy(() -> Schedule.of(text)).isInstanceOf(InvalidValueException.class);
    }

    @Test
    void comesBackAsItIs() {
        Schedule schedule = Schedule.of("P1D at 02:30 within PT3H");
        assertThat(Schedule.of(schedule.toString())).isEqualTo(schedule);
        assertThat(Schedule.of("PT10H").within()).isEqualTo(Duration.ofHours(1));
    }
}
