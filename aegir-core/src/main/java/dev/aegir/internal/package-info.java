// SPDX-License-Identifier: Apache-2.0
/** How it is done. Not for use by others; changes without notice. */
@NullMarked
package dev.aegir.internal;

import org.jspecify.annotations.NullMarked;
