// SPDX-License-Identifier: Apache-2.0

/** Backups of sites and codebases, kept as archives in a documented format. */
@NullMarked
package dev.aegir.engine.backup;

import org.jspecify.annotations.NullMarked;
