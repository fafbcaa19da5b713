// SPDX-License-Identifier: Apache-2.0
package dev.aegir.internal;

import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * How a step went.
 *
 * @param index which step
 * @param result how
 * @param why what was thrown, unless it is done
 * @param unreached whether it surely changed nothing, because its host was not there
 */
record Went(int index, Result result, Optional<Throwable> why, boolean unreached) {
    enum Result {
        DONE,
        /** It threw. */
        FAILED,
        /** It wants to be run again later. */
        NOT_YET,
        /** Only a person can tell what now. */
        STUCK,
        /** It was asked to stop, and did. */
        STOPPED,
        /** It is in doubt, and cannot be asked at the moment. */
        UNKNOWN
    }

    static Went done(int index) {
        return new Went(index, Result.DONE, Optional.empty(), false);
    }

    static Went of(int index, Result result, Throwable why) {
        return new Went(index, result, Optional.of(why), false);
    }

    Throwable reason() {
        return why.orElseThrow();
    }

    static List<Went> only(Collection<Went> all, Result first, Result... more) {
        EnumSet<Result> wanted = EnumSet.of(first, more);
        return all.stream().filter(went -> wanted.contains(went.result())).toList();
    }
}
