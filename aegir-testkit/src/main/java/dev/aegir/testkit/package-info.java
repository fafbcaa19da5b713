// SPDX-License-Identifier: Apache-2.0

/** A fake host and contracts to subclass, for tests of engines, backends, stores and executors. */
@NullMarked
package dev.aegir.testkit;

import org.jspecify.annotations.NullMarked;
