// SPDX-License-Identifier: Apache-2.0

/** How tasks are planned, stored, run and taken back. */
@NullMarked
package dev.aegir.internal;

import org.jspecify.annotations.NullMarked;
