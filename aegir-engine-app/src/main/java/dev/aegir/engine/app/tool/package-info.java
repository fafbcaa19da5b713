// SPDX-License-Identifier: Apache-2.0
/** Programs of other projects that do a part of the work for a site, where they are there. */
@NullMarked
package dev.aegir.engine.app.tool;

import org.jspecify.annotations.NullMarked;
