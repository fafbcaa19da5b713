// SPDX-License-Identifier: Apache-2.0

/** Engines that publish sites: web servers, language runtimes and certificates. */
@NullMarked
package dev.aegir.engine.http;

import org.jspecify.annotations.NullMarked;
