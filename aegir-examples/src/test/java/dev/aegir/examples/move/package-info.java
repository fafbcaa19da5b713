// SPDX-License-Identifier: Apache-2.0
/** Sites that move. */
@org.jspecify.annotations.NullMarked
package dev.aegir.examples.move;
