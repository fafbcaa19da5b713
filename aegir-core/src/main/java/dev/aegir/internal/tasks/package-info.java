// SPDX-License-Identifier: Apache-2.0
/** The tasks every instance has: how they are planned, and the steps that are theirs alone. */
@NullMarked
package dev.aegir.internal.tasks;

import org.jspecify.annotations.NullMarked;
