// SPDX-License-Identifier: Apache-2.0
/**
 * Tasks, plans and steps: what shall be done, as data. A {@link dev.aegir.task.Task} is stored; it is planned into
 * {@link dev.aegir.task.Step}s; a {@link dev.aegir.task.Plan} can be shown, approved by its hash, run, resumed and undone.
 *
 * <p>{@code Task} and {@code Step} are for others to implement, as records. Everything else is for calling.
 */
@NullMarked
package dev.aegir.task;

import org.jspecify.annotations.NullMarked;
