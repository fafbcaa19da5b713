// SPDX-License-Identifier: Apache-2.0

/** Backups of sites and codebases, kept in repositories of restic. */
@NullMarked
package dev.aegir.engine.backup.restic;

import org.jspecify.annotations.NullMarked;
