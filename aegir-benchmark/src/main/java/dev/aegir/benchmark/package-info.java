// SPDX-License-Identifier: Apache-2.0

/** Measurements. */
@NullMarked
package dev.aegir.benchmark;

import org.jspecify.annotations.NullMarked;
