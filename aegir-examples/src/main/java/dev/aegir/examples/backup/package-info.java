// SPDX-License-Identifier: Apache-2.0

/** Backups, from taking one to restoring it. */
@NullMarked
package dev.aegir.examples.backup;

import org.jspecify.annotations.NullMarked;
