// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.aegir.examples.wordpress;

import org.jspecify.annotations.NullMarked;
