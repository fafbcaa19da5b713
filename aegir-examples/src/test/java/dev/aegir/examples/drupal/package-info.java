// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.aegir.examples.drupal;

import org.jspecify.annotations.NullMarked;
