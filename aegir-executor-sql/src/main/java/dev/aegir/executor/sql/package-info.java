// SPDX-License-Identifier: Apache-2.0

/** Inventory, tasks, journal and locks in a SQL database, with db-scheduler as the queue. */
@NullMarked
package dev.aegir.executor.sql;

import org.jspecify.annotations.NullMarked;
