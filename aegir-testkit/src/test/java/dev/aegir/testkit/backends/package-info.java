// SPDX-License-Identifier: Apache-2.0

/** Backends as a plugin author writes them, good and broken, on the published API only. */
@NullMarked
package dev.aegir.testkit.backends;

import org.jspecify.annotations.NullMarked;
