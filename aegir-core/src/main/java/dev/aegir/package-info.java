// SPDX-License-Identifier: Apache-2.0
/** Where an embedder begins: {@link dev.aegir.Aegir}. */
@NullMarked
package dev.aegir;

import org.jspecify.annotations.NullMarked;
