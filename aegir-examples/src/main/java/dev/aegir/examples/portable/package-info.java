// SPDX-License-Identifier: Apache-2.0
/** Sites that leave as one file, and sites that come from elsewhere. */
@NullMarked
package dev.aegir.examples.portable;

import org.jspecify.annotations.NullMarked;
