// SPDX-License-Identifier: Apache-2.0

/** An engine as a plugin brings it, on the published API only; docs/write-an-engine.md walks through it. */
@NullMarked
package dev.aegir.examples.caddy;

import org.jspecify.annotations.NullMarked;
