// SPDX-License-Identifier: Apache-2.0

/** Executors as a plugin author writes them, good and broken, on the published API only. */
@NullMarked
package dev.aegir.testkit.executors;

import org.jspecify.annotations.NullMarked;
