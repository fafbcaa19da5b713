// SPDX-License-Identifier: Apache-2.0
/** Sites of Drupal. */
@NullMarked
package dev.aegir.engine.app.drupal;

import org.jspecify.annotations.NullMarked;
