// SPDX-License-Identifier: Apache-2.0
/** What is said of copies of sites, whatever application they are of. */
@NullMarked
package dev.aegir.engine.app.copy;

import org.jspecify.annotations.NullMarked;
