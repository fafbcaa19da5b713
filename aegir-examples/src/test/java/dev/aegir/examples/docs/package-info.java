// SPDX-License-Identifier: Apache-2.0

/** Keeps the documentation's snippets what the code says. */
@NullMarked
package dev.aegir.examples.docs;

import org.jspecify.annotations.NullMarked;
