// SPDX-License-Identifier: Apache-2.0
/** How a POSIX machine becomes a host: the small program that runs there, and how it is talked to. */
@NullMarked
package dev.aegir.internal.host;

import org.jspecify.annotations.NullMarked;
