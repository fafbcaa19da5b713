// SPDX-License-Identifier: Apache-2.0

/** Databases of sites, kept by MariaDB and PostgreSQL. */
@NullMarked
package dev.aegir.engine.db;

import org.jspecify.annotations.NullMarked;
