// SPDX-License-Identifier: Apache-2.0
/**
 * What hosting is about, as values: servers, services, codebases, sites, and the names and paths they are made of. Every
 * type validates itself when it is made and never changes afterwards; none of them talks to anything.
 */
@NullMarked
package dev.aegir.model;

import org.jspecify.annotations.NullMarked;
