// SPDX-License-Identifier: Apache-2.0

/** Tests of the Caddy engine. */
@NullMarked
package dev.aegir.examples.caddy;

import org.jspecify.annotations.NullMarked;
