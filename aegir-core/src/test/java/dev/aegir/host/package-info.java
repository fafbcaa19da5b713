// SPDX-License-Identifier: Apache-2.0
/** Tests of what hosts are given. */
@NullMarked
package dev.aegir.host;

import org.jspecify.annotations.NullMarked;
