// SPDX-License-Identifier: Apache-2.0

/** What the engines of this module have in common. Not exported. */
@NullMarked
package dev.aegir.engine.backup.internal;

import org.jspecify.annotations.NullMarked;
