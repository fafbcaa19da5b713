// SPDX-License-Identifier: Apache-2.0
/** Sites that move, and copies of them. */
@NullMarked
package dev.aegir.examples.move;

import org.jspecify.annotations.NullMarked;
