// SPDX-License-Identifier: Apache-2.0

/** Hosts reached over SSH: the backend for addresses of the scheme {@code ssh}. */
@NullMarked
package dev.aegir.backend.ssh;

import org.jspecify.annotations.NullMarked;
