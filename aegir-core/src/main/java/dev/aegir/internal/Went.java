// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.util.List;
import java.util.Optional;

/** How a step went. */
record Went(int index, Result result, Optional<Throwable> why) {
    enum Result {
        DONE,
        FAILED,
        NOT_YET,
        STUCK,
        STOPPED
    }

    static Went done(int index) {
        return new Went(index, Result.DONE, Optional.empty());
    }

    static Went of(int index, Result result, Throwable why) {
        return new Went(index, result, Optional.of(why));
    }

    static List<Went> only(List<Went> all, Result result) {
        return all.stream().filter(went -> went.result() == result).toList();
    }
}
