// SPDX-License-Identifier: Apache-2.0

/** Hosting sites from inside a Java program: the entry point. */
@NullMarked
package dev.aegir;

import org.jspecify.annotations.NullMarked;
