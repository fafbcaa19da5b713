// SPDX-License-Identifier: Apache-2.0

/** Where code comes from, and the applications that sites run. */
@NullMarked
package dev.aegir.engine.app;

import org.jspecify.annotations.NullMarked;
