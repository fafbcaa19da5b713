// SPDX-License-Identifier: Apache-2.0

/** What a value lets in. */
@NullMarked
package dev.aegir.model;

import org.jspecify.annotations.NullMarked;
