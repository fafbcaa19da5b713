// SPDX-License-Identifier: Apache-2.0

/** What holds for all modules together. */
@NullMarked
package dev.aegir.architecture;

import org.jspecify.annotations.NullMarked;
