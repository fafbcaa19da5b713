// SPDX-License-Identifier: Apache-2.0
/**
 * Everything others implement: engines, backends, applications, task handlers, stores, queues. Interfaces are small and
 * grow only by default methods; implementations are found by {@link java.util.ServiceLoader} or named to the builder.
 */
@NullMarked
package dev.aegir.spi;

import org.jspecify.annotations.NullMarked;
