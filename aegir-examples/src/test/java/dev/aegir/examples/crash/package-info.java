// SPDX-License-Identifier: Apache-2.0
/** A real program is killed at every point of every task, and what it says afterwards is held against the real server. */
@NullMarked
package dev.aegir.examples.crash;

import org.jspecify.annotations.NullMarked;
