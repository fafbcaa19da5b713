// SPDX-License-Identifier: Apache-2.0
/** Looks at what a codebase has in it, without running any of it. */
@NullMarked
package dev.aegir.engine.app.scan;

import org.jspecify.annotations.NullMarked;
