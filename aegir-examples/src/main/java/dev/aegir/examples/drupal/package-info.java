// SPDX-License-Identifier: Apache-2.0
/** Drupal sites, and code of one's own. */
@NullMarked
package dev.aegir.examples.drupal;

import org.jspecify.annotations.NullMarked;
