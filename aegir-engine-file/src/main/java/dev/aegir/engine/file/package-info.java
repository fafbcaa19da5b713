// SPDX-License-Identifier: Apache-2.0

/** Files of sites, brought from one server to another by rsync. */
@NullMarked
package dev.aegir.engine.file;

import org.jspecify.annotations.NullMarked;
