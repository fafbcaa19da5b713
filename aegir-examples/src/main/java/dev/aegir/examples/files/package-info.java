// SPDX-License-Identifier: Apache-2.0

/** What sites write, kept in places that are no servers. */
@NullMarked
package dev.aegir.examples.files;

import org.jspecify.annotations.NullMarked;
