// SPDX-License-Identifier: Apache-2.0

/** Real Debian servers with systemd in containers, for integration tests, examples and benchmarks. */
@NullMarked
package dev.aegir.lab;

import org.jspecify.annotations.NullMarked;
