// SPDX-License-Identifier: Apache-2.0
/**
 * Where commands run and files are: a server as the steps of a plan see it, whichever backend reaches it.
 *
 * <p>{@link dev.aegir.host.Host} and the types it hands out are implemented by backends; everything else here is a value.
 */
@NullMarked
package dev.aegir.host;

import org.jspecify.annotations.NullMarked;
