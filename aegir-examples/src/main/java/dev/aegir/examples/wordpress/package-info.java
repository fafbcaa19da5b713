// SPDX-License-Identifier: Apache-2.0
/** WordPress sites, and code of one's own. */
@NullMarked
package dev.aegir.examples.wordpress;

import org.jspecify.annotations.NullMarked;
