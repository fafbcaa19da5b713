// SPDX-License-Identifier: Apache-2.0

/** Engines as a plugin author writes them, good and broken, on the published API only. */
@NullMarked
package dev.aegir.testkit.engines;

import org.jspecify.annotations.NullMarked;
